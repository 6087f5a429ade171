import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from './ports.js';
import { TcpProxy } from './tcp-proxy.js';
import { waitFor } from './wait-for.js';

/** A client that keeps the answers. */
class Client {
  heard = '';
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (data) => (this.heard += data.toString()));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
  }
}

describe('TcpProxy, in front of a server that answers what it is told', () => {
  let server: Server;
  let proxy: TcpProxy;
  let received: string;

  beforeEach(async () => {
    received = '';
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        received += data.toString();
        socket.write(data);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    proxy = await TcpProxy.start(await freePort(), { host: '127.0.0.1', port });
  });

  afterEach(async () => {
    await proxy.stop();
    server.close();
  });

  const heard = (client: Client, text: string): Promise<boolean> =>
    waitFor(`${text} is heard`, () => client.heard === text);

  it('passes both ways', async () => {
    const client = new Client(proxy.port);
    client.socket.write('a');
    await heard(client, 'a');
  });

  it('cuts connections and refuses new ones until it passes again', async () => {
    const client = new Client(proxy.port);
    client.socket.write('a');
    await heard(client, 'a');
    await proxy.cut();
    await waitFor('the cut', () => client.closed);
    const refused = new Client(proxy.port);
    await waitFor('the refusal', () => refused.closed);
    await proxy.pass();
    const again = new Client(proxy.port);
    again.socket.write('b');
    await heard(again, 'b');
  });

  it('swallows everything in a black hole, for that connection for good', async () => {
    const client = new Client(proxy.port);
    client.socket.write('a');
    await heard(client, 'a');
    proxy.blackHole();
    client.socket.write('b');
    const during = new Client(proxy.port);
    during.socket.write('c');
    await waitFor('both are in the hole', () => proxy.connections === 2);
    await proxy.pass();
    const after = new Client(proxy.port);
    after.socket.write('d');
    await heard(after, 'd');
    expect({ received, heard: client.heard, during: during.heard }).toEqual({ received: 'ad', heard: 'a', during: '' });
    expect([client.closed, during.closed]).toEqual([false, false]);
  });

  it('keeps answers back until it passes again', async () => {
    const client = new Client(proxy.port);
    proxy.keepAnswers();
    client.socket.write('a');
    await waitFor('the request arrives', () => received === 'a');
    expect(client.heard).toBe('');
    await proxy.pass();
    await heard(client, 'a');
  });
});
