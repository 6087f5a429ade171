import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStream, eventText } from './event-stream.js';

describe('EventStream', () => {
  let server: Server;
  let onRequest: (response: Response) => void;
  beforeAll(async () => {
    const app = express();
    app.get('/', (_request, response) => onRequest(response));
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
  });
  const port = (): number => (server.address() as AddressInfo).port;
  const nextResponse = (): Promise<Response> => new Promise((resolve) => (onRequest = resolve));

  it('cuts off a client that does not read, and buffers little for it', async () => {
    const requested = nextResponse();
    const socket = connect(port(), '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const response = await requested;
    const stream = new EventStream(response);
    stream.open();
    const events = Buffer.from(eventText('voice.updated', { text: 'x'.repeat(64 * 1024) }));
    let most = 0;
    for (let sent = 0; stream.isOpen && sent < 10_000; sent += 1) {
      stream.send(events);
      most = Math.max(most, response.writableLength);
      await new Promise((resolve) => setImmediate(resolve)); // lets the system take what it takes
    }
    expect(stream.isOpen).toBe(false);
    expect(most).toBeLessThan(2 * 1024 ** 2);
    await stream.closed;
    await stream.ready();
    socket.destroy();
  });

  it('sends nothing after its end', async () => {
    const requested = nextResponse();
    const answer = fetch(`http://127.0.0.1:${port()}/`, { headers: { Connection: 'close' } });
    const stream = new EventStream(await requested);
    stream.open();
    stream.send(Buffer.from(eventText('heartbeat', {})));
    stream.end();
    stream.send(Buffer.from('late'));
    stream.end();
    expect(await (await answer).text()).toBe('retry: 1000\n\nevent: heartbeat\ndata: {}\n\n');
    await stream.closed;
  });
});

describe('eventText', () => {
  it('writes one line for each field, whatever the data holds', () => {
    expect(eventText('voice.updated', { name: 'a\nb' }, '7-1')).toBe(
      'event: voice.updated\nid: 7-1\ndata: {"name":"a\\nb"}\n\n',
    );
  });
});
