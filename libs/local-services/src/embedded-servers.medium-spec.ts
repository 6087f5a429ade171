import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { embeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { embeddedValkey } from './embedded-valkey.js';
import { ManagedProcess, type ProcessOptions } from './managed-process.js';
import { isListening } from './ports.js';
import { identify, isRunning } from './process-identity.js';
import { waitUntil } from './wait-until.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'timbre embedded '));
chmodSync(folder, 0o711);
const started: ManagedProcess[] = [];
afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});

async function start(options: ProcessOptions): Promise<ManagedProcess> {
  const server = new ManagedProcess(options, { onLine: () => undefined });
  started.push(server);
  await server.start();
  return server;
}

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const postmaster = ({ cluster }: EmbeddedPostgres): number =>
  Number.parseInt(readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8'), 10);

describe('embeddedPostgres', () => {
  const dataDir = path.join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o711 });

  it('keeps its data after a kill -9 of its supervisor, and ends the server that was left', async () => {
    const first = await embeddedPostgres(dataDir);
    const attendant = await start(first.process);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const leftOver = identify(postmaster(first));
    process.kill(attendant.pid ?? 0, 'SIGKILL');
    await attendant.ended;
    expect(leftOver && isRunning(leftOver)).toBe(true);

    const second = await embeddedPostgres(dataDir);
    await start(second.process);
    expect(leftOver && isRunning(leftOver)).toBe(false);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is durable, sorts by code point and requires its password', async () => {
    const other = path.join(folder, 'another data folder');
    mkdirSync(other, { mode: 0o711 });
    const { url, process: server } = await embeddedPostgres(other);
    await start(server);
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(url, `SELECT 'ä' < 'z' AS by_locale, 'B' < 'a' AS by_code_point`)).toEqual([
      { by_locale: false, by_code_point: true },
    ]);
    await expect(query(url.replace(/:[^:@]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow('password authentication');
  });
});

describe('embeddedValkey', () => {
  it('drops the warning about snapshots, which it does not write, and logs other warnings', async () => {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    const serve = `require('net').createServer((s) => s.on('data', () => s.write('+PONG\\r\\n'))).listen(+process.argv[2], '127.0.0.1')`;
    const words = ['WARNING Memory overcommit must be enabled! Without it, a background save may fail', 'another line'];
    const prints = words.map((line) => `echo '${line}'`).join('\n');
    const script = `#!/bin/sh\n${prints}\nexec '${process.execPath}' -e "${serve}" -- "$@"\n`;
    writeFileSync(path.join(bin, 'valkey-server'), script, { mode: 0o755 });
    const lines: string[] = [];
    const { process: options } = await embeddedValkey(bin);
    const server = new ManagedProcess(options, { onLine: (_, line) => lines.push(line) });
    started.push(server);
    await server.start();
    await waitUntil('the line', () => lines.length > 0);
    expect(lines).toEqual(['another line']);
  });

  it.each([
    ['from npm', ''],
    ['from PATH, else npm', process.env['PATH'] ?? ''],
  ])('%s: wakes a client that waits for an element of a list', async (_, searchPath) => {
    const valkey = await embeddedValkey(searchPath);
    const server = await start(valkey.process);
    const [waiting, pushing] = [new Redis(valkey.url), new Redis(valkey.url)];
    const popped = waiting.brpoplpush('from', 'to', 10);
    await pushing.lpush('from', 'work');
    expect(await popped).toBe('work');
    waiting.disconnect();
    pushing.disconnect();
    await server.stop();
    await waitUntil('the port being closed', async () => !(await isListening(Number(new URL(valkey.url).port))));
  });
});
