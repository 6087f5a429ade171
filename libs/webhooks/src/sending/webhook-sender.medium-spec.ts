import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Endpoint } from '../../../../test/support/endpoint.js';
import { NameServer, type Zone } from '../../../../test/support/name-server.js';
import { dnsResolver, systemResolver } from './resolve-host.js';
import { WebhookSender, type Attempt } from './webhook-sender.js';

const never = new AbortController().signal;
const forbidden = { kind: 'forbidden', error: 'The URL leads to a private address, which is not allowed' };
const generousMs = 60_000;

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function endpoint(...args: Parameters<typeof Endpoint.start>): Promise<Endpoint> {
  const started = await Endpoint.start(...args);
  cleanUp.push(() => started.stop());
  return started;
}

async function nameServer(zone: Zone): Promise<NameServer> {
  const started = await NameServer.start(zone);
  cleanUp.push(() => started.stop());
  return started;
}

/** A TCP server that does with each connection what it is told. */
async function tcpServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined)); // the sender closes as it likes
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const message = (url: string) => ({ url, headers: { 'webhook-id': 'one' }, payload: '{"name":"Zoë"}' });

/** Sends as with WEBHOOK_ALLOW_PRIVATE=true. */
function sendInside(url: string, timeoutMs = generousMs): Promise<Attempt> {
  return new WebhookSender({ resolveHost: systemResolver, allowPrivate: true, timeoutMs }).send(message(url), never);
}

describe('WebhookSender.send', () => {
  it('posts the payload with its headers, and returns status and text of the answer', async () => {
    const receiver = await endpoint(() => ({ status: 418, body: 'no coffee' }));
    expect(await sendInside(`${receiver.url}?a=b`)).toEqual({ kind: 'answered', status: 418, body: 'no coffee' });
    expect(receiver.requests).toEqual([
      {
        method: 'POST',
        path: '/hook?a=b',
        body: '{"name":"Zoë"}',
        headers: {
          host: `127.0.0.1:${receiver.port}`,
          'content-type': 'application/json',
          'content-length': '15',
          'user-agent': 'Timbre-Webhooks',
          'webhook-id': 'one',
          connection: 'close',
        },
      },
    ]);
  });

  it('asks for the addresses of a name once, and connects to these', async () => {
    const receiver = await endpoint();
    const server = await nameServer((_name, type) => (type === 'A' ? ['127.0.0.1'] : []));
    const resolveHost = dnsResolver([server.address]);
    const sender = new WebhookSender({ resolveHost, allowPrivate: true, timeoutMs: generousMs });
    const url = `http://known-to-this-server.test:${receiver.port}/`;
    expect(await sender.send(message(url), never)).toMatchObject({ kind: 'answered', status: 204 });
    expect(receiver.requests[0]?.headers.host).toBe(`known-to-this-server.test:${receiver.port}`);
    expect(server.queries.sort()).toEqual(['known-to-this-server.test A', 'known-to-this-server.test AAAA']);
  });

  it('keeps the first 1,000 bytes of an answer, as text that Postgres can store', async () => {
    const receiver = await endpoint(() => ({ status: 200, body: `${'a'.repeat(997)}\0éé${'b'.repeat(100_000)}` }));
    const body = `${'a'.repeat(997)}\uFFFDé`;
    expect(await sendInside(receiver.url)).toEqual({ kind: 'answered', status: 200, body });
    receiver.replies = () => ({ status: 200, body: `${'a'.repeat(998)}éé` });
    expect(await sendInside(receiver.url)).toEqual({ kind: 'answered', status: 200, body: `${'a'.repeat(998)}é` });
    receiver.replies = () => ({ status: 200, body: `${'a'.repeat(999)}é` });
    expect(await sendInside(receiver.url)).toEqual({ kind: 'answered', status: 200, body: 'a'.repeat(999) });
  });

  it('follows no redirect', async () => {
    const inside = await endpoint();
    for (const status of [301, 302, 303, 307, 308]) {
      const receiver = await endpoint(() => ({ status, headers: { Location: inside.url } }));
      expect(await sendInside(receiver.url)).toMatchObject({ kind: 'answered', status });
    }
    expect(inside.connections).toBe(0);
  });

  it('gives up when its time is over, whatever the endpoint does not do', async () => {
    const timedOut = { kind: 'timed_out', error: 'The endpoint did not answer within 0.2 s' };
    const silent = await endpoint(() => null);
    expect(await sendInside(silent.url, 200)).toEqual(timedOut);
    const halfHead = await tcpServer((socket) => socket.write('HTTP/1.1 200 OK\r\nA: b\r\n'));
    expect(await sendInside(halfHead, 200)).toEqual(timedOut);
    const hopeful = await tcpServer((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    expect(await sendInside(hopeful, 200)).toEqual(timedOut);
    const mute = createSocket('udp4');
    mute.bind(0, '127.0.0.1');
    await once(mute, 'listening');
    const resolveHost = dnsResolver([`127.0.0.1:${mute.address().port}`]);
    const sender = new WebhookSender({ resolveHost, allowPrivate: false, timeoutMs: 200 });
    expect(await sender.send(message('http://example.test/'), never)).toEqual(timedOut);
    mute.close();
  });

  it('takes the status of an answer that is cut off', async () => {
    const url = await tcpServer((socket) => socket.end('HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\nabc'));
    expect(await sendInside(url)).toEqual({ kind: 'answered', status: 201, body: 'abc' });
  });

  it('says why there was no answer', async () => {
    const gone = await Endpoint.start();
    const { url } = gone;
    await gone.stop();
    expect(await sendInside(url)).toEqual({ kind: 'unreachable', error: 'The connection failed (ECONNREFUSED)' });
    const receiver = await endpoint();
    expect(await sendInside(receiver.url.replace('http:', 'https:'))).toMatchObject({ kind: 'unreachable' });
    const upgrading = await tcpServer((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    );
    const notHttp = { kind: 'unreachable', error: 'The endpoint did not answer with HTTP' };
    expect(await sendInside(upgrading)).toEqual(notHttp);
    const empty = await nameServer(() => []);
    const sender = new WebhookSender({
      resolveHost: dnsResolver([empty.address]),
      allowPrivate: false,
      timeoutMs: generousMs,
    });
    expect(await sender.send(message('http://nowhere.test/'), never)).toEqual({
      kind: 'unreachable',
      error: 'The host name could not be resolved',
    });
  });

  it('stops when the process stops', async () => {
    const silent = await endpoint(() => null);
    const stopping = new AbortController();
    const sender = new WebhookSender({ resolveHost: systemResolver, allowPrivate: true, timeoutMs: generousMs });
    const sent = sender.send(message(silent.url), stopping.signal);
    stopping.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('WebhookSender.send, with private addresses forbidden', () => {
  const sendTo = (server: NameServer | null, url: string, timeoutMs = generousMs): Promise<Attempt> => {
    const resolveHost = dnsResolver(server === null ? undefined : [server.address]);
    return new WebhookSender({ resolveHost, allowPrivate: false, timeoutMs }).send(message(url), never);
  };

  it('connects to no private address that a URL contains', async () => {
    const inside = await endpoint();
    const hosts = [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '169.254.169.254',
      '[fe80::1]',
    ];
    for (const host of hosts)
      expect([host, await sendTo(null, `http://${host}:${inside.port}/`)]).toEqual([host, forbidden]);
    expect(inside.connections).toBe(0);
  });

  it('connects to no private address that a name resolves to', async () => {
    const inside = await endpoint();
    const addresses = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '100.64.0.1', '::1', '::ffff:127.0.0.1', 'fd00::1'];
    const zone: Zone = (name, type) => {
      const address = addresses[Number(name.split('.')[0])] ?? '';
      return address.includes(':') === (type === 'AAAA') ? [address] : [];
    };
    const server = await nameServer(zone);
    for (const at of addresses.keys()) {
      for (const scheme of ['http', 'https']) {
        expect(await sendTo(server, `${scheme}://${at}.test:${inside.port}/`)).toEqual(forbidden);
      }
    }
    expect(inside.connections).toBe(0);
  });

  it('does not ask again for the address of a name that it has judged', async () => {
    const inside = await endpoint();
    // A resolver that rebinds: a public address at first (of a block that IANA has not allocated), loopback afterwards.
    const asked = new Set<string>();
    const server = await nameServer((_name, type) => {
      const isFirst = !asked.has(type);
      asked.add(type);
      if (type === 'AAAA') return [isFirst ? '2d00::1' : '::1'];
      return isFirst ? [] : ['127.0.0.1'];
    });
    const attempt = await sendTo(server, `http://rebinding.test:${inside.port}/`, 500);
    expect(['unreachable', 'timed_out']).toContain(attempt.kind);
    expect(server.queries.sort()).toEqual(['rebinding.test A', 'rebinding.test AAAA']);
    expect(inside.connections).toBe(0);
    expect(await sendTo(server, `http://rebinding.test:${inside.port}/`)).toEqual(forbidden);
  });

  it('leaves out the private addresses of a name that also has public ones', async () => {
    const inside = await endpoint();
    const server = await nameServer((_name, type) => (type === 'A' ? ['127.0.0.1', '10.0.0.1'] : ['::1', '2d00::1']));
    const attempt = await sendTo(server, `http://both.test:${inside.port}/`, 500);
    expect(['unreachable', 'timed_out']).toContain(attempt.kind);
    expect(inside.connections).toBe(0);
  });
});
