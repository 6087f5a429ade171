import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileServer } from '../../test/file-server.js';
import { download } from './download.js';
import { Patience } from './patience.js';

const server = FileServer.forThisFile();
const content = Buffer.alloc(300_000, 'timbre');

let folder: string;
let file: string;
let controller: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'timbre-download-'));
  file = path.join(folder, 'anna.zip');
  controller = new AbortController();
  server.requests.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

function run({ overwrite = false } = {}): Promise<number> {
  const { signal } = controller;
  const patience = new Patience({ signal, tell: () => undefined });
  return download(server.connection, '/export', file, { patience, signal, overwrite, onBytes: () => undefined });
}

/** Answers with the content, from where `Range` says if `If-Range` fits, and breaks off after so many bytes. */
function serve({ etag = '"one"', breaks = [] as number[], body = content } = {}): void {
  server.handle = (request, response) => {
    const asked = request.headers['if-range'] === etag ? /^bytes=(\d+)-$/.exec(request.headers.range ?? '') : null;
    const rest = body.subarray(Number(asked?.[1] ?? 0));
    response.writeHead(asked ? 206 : 200, { ETag: etag, 'Content-Length': rest.length });
    const end = breaks.shift();
    if (end === undefined) response.end(rest);
    else response.write(rest.subarray(0, end), () => setImmediate(() => response.destroy()));
  };
}

describe('download', () => {
  it('writes a file that only its owner can read, and leaves nothing else', async () => {
    serve();
    expect(await run()).toBe(content.length);
    expect(await readFile(file)).toEqual(content);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['anna.zip']);
    expect(server.requests[0]?.headers['x-api-key']).toBe('tk_test');
  });

  it('continues where the connection was lost, however often', async () => {
    serve({ breaks: [100_000, 50_000] });
    await run();
    expect(await readFile(file)).toEqual(content);
    const starts = server.requests.map(({ headers }) => headers.range);
    expect(starts.slice(1).every((range) => /^bytes=[1-9]/.test(range ?? ''))).toBe(true);
  });

  it('continues what an earlier command has left', async () => {
    serve();
    server.handle = ((whole) => (request, response) => {
      if (server.requests.length > 1) return whole(request, response);
      response.writeHead(200, { ETag: '"one"', 'Content-Length': content.length });
      response.write(content.subarray(0, 100_000), () => setTimeout(() => controller.abort(), 50));
    })(server.handle);
    await expect(run()).rejects.toThrow();
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.anna\.zip\..*\.part$/)]);
    controller = new AbortController();
    await run();
    expect(await readFile(file)).toEqual(content);
    expect(server.requests.at(-1)?.headers.range).toBe('bytes=100000-');
    expect(await readdir(folder)).toEqual(['anna.zip']);
  });

  it('starts again if the bytes have changed meanwhile', async () => {
    serve({ breaks: [100_000] });
    const first = server.handle;
    const changed = Buffer.alloc(200_000, 'other');
    server.handle = (request, response) => {
      first(request, response);
      serve({ etag: '"two"', body: changed });
    };
    await run();
    expect(await readFile(file)).toEqual(changed);
  });

  it('replaces a file only if it may', async () => {
    serve();
    await writeFile(file, 'mine');
    await expect(run()).rejects.toThrow('exists. Give --overwrite');
    expect(server.requests).toHaveLength(0);
    await run({ overwrite: true });
    expect(await readFile(file)).toEqual(content);
  });

  it('follows a redirect to the storage without the key', async () => {
    serve();
    const whole = server.handle;
    server.handle = (request, response) => {
      if (request.url === '/stored') whole(request, response);
      else response.writeHead(302, { Location: '/stored' }).end();
    };
    await run();
    expect(server.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['tk_test', undefined]);
  });

  it('writes nothing if it is refused', async () => {
    server.handle = (_request, response) => {
      response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"detail":"Voice not found"}');
    };
    await expect(run()).rejects.toThrow('Voice not found');
    expect(await readdir(folder)).toEqual([]);
  });
});
