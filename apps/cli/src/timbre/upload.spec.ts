import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiFailure } from '#libs/client';
import { FileServer } from '../../test/file-server.js';
import { multipartBody } from './multipart.js';
import { Patience } from './patience.js';
import { upload } from './upload.js';

const server = FileServer.forThisFile();

let folder: string;
let sent: number;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'timbre-upload-'));
  sent = 0;
  server.requests.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

async function send(bytes: number): Promise<unknown> {
  const file = path.join(folder, 'anna.wav');
  await writeFile(file, '');
  await truncate(file, bytes);
  const { signal } = new AbortController();
  const patience = new Patience({ signal, tell: () => undefined });
  const body = await multipartBody({ file, fields: { name: 'anna' } });
  return upload(server.connection, '/voices', body, { patience, signal, onBytes: (bytes) => (sent = bytes) });
}

async function formOf(request: IncomingMessage): Promise<FormData> {
  const headers = { 'Content-Type': request.headers['content-type'] ?? '' };
  return new Response(new Uint8Array(await buffer(request)), { headers }).formData();
}

describe('upload', () => {
  it('sends a form of a stated length, and returns the answer', async () => {
    let form: FormData | undefined;
    server.handle = (request, response) => {
      response.writeContinue();
      void formOf(request).then((read) => {
        form = read;
        response.writeHead(201).end('{"id":"1"}');
      });
    };
    expect(await send(1_000_000)).toEqual({ id: '1' });
    expect(form?.get('name')).toBe('anna');
    expect((form?.get('file') as File).size).toBe(1_000_000);
    const { headers } = server.requests[0] ?? {};
    expect(Number(headers?.['content-length'])).toBe(sent);
    expect(headers?.['idempotency-key']).toMatch(/^[\da-f-]{36}$/);
  });

  it('sends no body that is refused before', async () => {
    server.handle = (_request, response) => response.writeHead(403).end('{"detail":"Quota exceeded"}');
    await expect(send(1_000_000)).rejects.toThrow(new Error('Quota exceeded'));
    expect(sent).toBe(0);
  });

  it('starts without a 100 that a proxy has swallowed', async () => {
    server.handle = (request, response) => {
      request.resume().once('end', () => response.writeHead(201).end('{}'));
    };
    expect(await send(1000)).toEqual({});
  });

  it('reports a refusal that comes while the body is sent', async () => {
    server.handle = (request, response) => {
      response.writeContinue();
      request.once('data', () =>
        response.writeHead(413, { Connection: 'close' }).end('{"detail":"File is too large"}'),
      );
    };
    await expect(send(50_000_000)).rejects.toThrow(new Error('File is too large'));
    expect(sent).toBeLessThan(50_000_000);
  });

  it('sends it again with the same key after a lost connection', async () => {
    server.handle = (request, response) => {
      response.writeContinue();
      if (server.requests.length === 1) request.once('data', () => request.destroy());
      else request.resume().once('end', () => response.writeHead(201).end('{}'));
    };
    expect(await send(5_000_000)).toEqual({});
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
  });

  it('says that nothing listens there', async () => {
    const { signal } = new AbortController();
    const file = path.join(folder, 'a');
    await writeFile(file, 'a');
    const body = await multipartBody({ file, fields: {} });
    const patience = new Patience({ signal, tell: () => undefined });
    const sending = upload({ origin: 'http://127.0.0.1:1', key: '' }, '/', body, {
      patience,
      signal,
      onBytes: () => 0,
    });
    await expect(sending).rejects.toMatchObject({ name: 'ApiFailure', status: 0 } satisfies Partial<ApiFailure>);
  });

  it('keeps no more of a file in memory than a few chunks', async () => {
    server.handle = (request, response) => {
      response.writeContinue();
      request.resume().once('end', () => response.writeHead(201).end('{}'));
    };
    const before = process.memoryUsage().rss;
    await send(400_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });
});
