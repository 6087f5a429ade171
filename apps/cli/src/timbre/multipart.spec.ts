import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { multipartBody, type MultipartBody } from './multipart.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'timbre-multipart-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function written(name: string, content: string | Buffer): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const read = (body: MultipartBody): Promise<Buffer> => buffer(Readable.from(body.chunks()));

async function parsed(body: MultipartBody): Promise<FormData> {
  const bytes = await read(body);
  expect(bytes.length).toBe(body.length);
  return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': body.contentType } }).formData();
}

describe('multipartBody', () => {
  it('is a form of the length that it states', async () => {
    const file = await written('Zoë 1.flac', Buffer.alloc(700_000, 7));
    const form = await parsed(await multipartBody({ file, fields: { name: 'Zoë\r\n--x', language: undefined } }));
    expect([...form.keys()]).toEqual(['name', 'file']);
    expect(form.get('name')).toBe('Zoë\r\n--x');
    const sent = form.get('file') as File;
    expect([sent.name, sent.size]).toEqual(['Zoë 1.flac', 700_000]);
  });

  it('can be read again, for another attempt', async () => {
    const body = await multipartBody({ file: await written('a', 'abc'), fields: {} });
    expect(await read(body)).toEqual(await read(body));
  });

  it('takes an empty file, and quotes in a name', async () => {
    const form = await parsed(await multipartBody({ file: await written('a"b', ''), fields: {} }));
    expect((form.get('file') as File).size).toBe(0);
  });

  it('keeps its length if the file grows, and fails if it shrinks', async () => {
    const file = await written('a', 'abc');
    const body = await multipartBody({ file, fields: {} });
    await writeFile(file, 'abcdef');
    expect((await read(body)).length).toBe(body.length);
    await truncate(file, 1);
    await expect(read(body)).rejects.toThrow('became shorter');
  });

  it('refuses what is no file', async () => {
    await expect(multipartBody({ file: folder, fields: {} })).rejects.toThrow('is not a file');
    await expect(multipartBody({ file: path.join(folder, 'none'), fields: {} })).rejects.toThrow('cannot be read');
  });
});
