import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freshDatabase } from '../../../test/support/database.js';
import { freePort } from '../../../test/support/ports.js';
import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import { createDataSource } from './data-source.js';
import { Database, rowsOf } from './database.js';

/** A message of the wire protocol (postgresql.org, "Message Formats"): its type, its length, its body. */
function message(type: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const authenticated = message('R', Buffer.alloc(4));
const ready = message('Z', 'I');
const terminating = message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');

const connect = (databaseUrl: string): Promise<Database> =>
  new Database(createDataSource({ databaseUrl, poolSize: 1, applicationName: 'timbre-test' })).connect();

describe('statement limits', () => {
  const limits = `SELECT current_setting('statement_timeout') AS statement,
    current_setting('idle_in_transaction_session_timeout') AS pause`;

  it.each([
    ['Postgres itself, for each connection', false, '12s'],
    ['a connection pooler, for each transaction and not beyond', true, '0'],
  ])('are set behind %s', async (_name, isPooled, outside) => {
    const fresh = await freshDatabase();
    const options = { databaseUrl: fresh.url, poolSize: 1, applicationName: 'timbre-test', isPooled };
    const database = await new Database(createDataSource(options), options).connect();
    const inside = await database.transaction((tx) => rowsOf(tx, limits));
    expect(inside).toEqual([{ statement: '12s', pause: '12s' }]);
    expect(await database.query(limits)).toEqual([{ statement: outside, pause: outside }]);
    await database.close();
    await fresh.drop();
  });
});

describe('a lost connection to Postgres', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  it('throws unavailable, and does not end the process, if it is closed in the packet of the greeting', async () => {
    server = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([authenticated, ready, terminating])));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(connect(`postgres://u:p@127.0.0.1:${port}/d`)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('throws unavailable after a while if it is half-open, and the next one works', async () => {
    const fresh = await freshDatabase();
    const url = new URL(fresh.url);
    const proxy = await TcpProxy.start(await freePort(), { host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    const database = await connect(url.href);
    await database.query('SELECT 1');
    proxy.blackHole();
    await proxy.pass();
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
    await proxy.stop();
    await fresh.drop();
  }, 60_000);
});
