import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { itFetchesObjectsToFiles } from '../../test/fetch-contract.js';
import { itMeetsTheContractOfObjectStorage } from '../../test/storage-contract.js';
import { createStorage } from '../create-storage.js';
import { writeAll } from './durable-write.js';
import { LocalStorage } from './local-storage.js';
import { verifyObjectToken } from '../signed-urls/object-token.js';

const secrets = ['a secret of the test'];
const signing = { baseUrl: 'http://10.0.0.1:3000/', secrets };
const zip = { contentType: 'application/zip' };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'local storage ü '));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('LocalStorage', () => {
  let shared: string;
  afterAll(() => rm(shared, { recursive: true }));
  beforeAll(async () => {
    // Not inside `root`, which each test removes.
    shared = await mkdtemp(join(tmpdir(), 'local storage contract '));
  });
  itMeetsTheContractOfObjectStorage(() => LocalStorage.open(shared, { signing }));
  itFetchesObjectsToFiles(() => LocalStorage.open(shared, { signing }));

  it('frees the descriptor of a reader that is destroyed', async () => {
    const storage = await LocalStorage.open(root, { signing });
    await storage.put('a', Readable.from([Buffer.alloc(5_000_000)]), zip);
    const reader = await storage.read('a');
    expect(await openFilesIn(root)).toBe(1);
    reader?.destroy();
    await until(async () => (await openFilesIn(root)) === 0);
  });

  it('destroys a source that it cannot start to store', async () => {
    const storage = await LocalStorage.open(root, { signing });
    await rm(root, { recursive: true });
    const source = new Readable({ read: () => undefined });
    await expect(storage.put('a', source, zip)).rejects.toMatchObject({ code: 'unavailable' });
    expect(source.destroyed).toBe(true);
  });

  it('is not ready once its folder is gone', async () => {
    const storage = await LocalStorage.open(root, { signing });
    await storage.check();
    await rm(root, { recursive: true });
    await expect(storage.check()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reports an unmounted disk as unavailable, and neither deletes nor writes anything', async () => {
    const storage = await LocalStorage.open(root, { signing });
    await storage.put('a', Readable.from([Buffer.from('a')]), zip);
    const away = `${root} away`;
    await rename(root, away);
    await mkdir(root);
    const upload = join(away, 'upload');
    await writeFile(upload, 'b');
    const attempts = [
      storage.stat('a'),
      storage.read('a'),
      storage.fetchFile('a', join(root, 'fetched')),
      storage.delete(['a']),
      storage.deletePrefix('voices/'),
      storage.list('').next(),
      storage.putFile('b', upload, zip),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readdir(root)).toEqual([]);
    await rmdir(root);
    await rename(away, root);
    expect(await storage.stat('a')).toEqual({ bytes: 1 });
  });

  it('removes leftovers older than a day when it opens, and no younger ones', async () => {
    await LocalStorage.open(root, { signing });
    await writeFile(join(root, 'incoming', 'old'), 'left by a killed process');
    await writeFile(join(root, 'incoming', 'young'), 'being written by another process');
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(root, 'incoming', 'old'), yesterday, yesterday);
    await LocalStorage.open(root, { signing });
    expect(await readdir(join(root, 'incoming'))).toEqual(['young']);
  });

  it('removes empty folders', async () => {
    const storage = await LocalStorage.open(root, { signing });
    await storage.put('voices/1/jobs/2/a', Readable.from([Buffer.from('x')]), zip);
    await storage.put('voices/3/a', Readable.from([Buffer.from('x')]), zip);
    await storage.delete(['voices/1/jobs/2/a']);
    expect(await readdir(join(root, 'objects', 'voices'))).toEqual(['3']);
    await storage.deletePrefix('voices/3/');
    expect(await readdir(join(root, 'objects'))).toEqual([]);
  });

  it('dates a moved file when it becomes an object, not when it was written', async () => {
    const storage = await LocalStorage.open(join(root, 'storage'), { signing });
    const path = join(root, 'upload');
    await writeFile(path, 'x');
    await utimes(path, new Date(0), new Date(0));
    await storage.putFile('a', path, zip);
    for await (const { modifiedAt } of storage.list('')) expect(modifiedAt.getFullYear()).toBeGreaterThan(2000);
  });

  it('copies a file from another file system', async () => {
    const storage = await LocalStorage.open(root, { signing });
    const elsewhere = await mkdtemp('/dev/shm/local-storage-');
    try {
      expect((await stat(elsewhere)).dev).not.toBe((await stat(root)).dev);
      await writeFile(join(elsewhere, 'upload'), 'some audio');
      expect(await storage.putFile('a', join(elsewhere, 'upload'), zip)).toEqual({ bytes: 10, sha256: null });
      expect([await storage.stat('a'), await readdir(elsewhere)]).toEqual([{ bytes: 10 }, []]);
      expect(await readdir(join(root, 'incoming'))).toEqual([]);
      expect(await storage.fetchFile('a', join(elsewhere, 'fetched'))).toBe(true);
      expect(await readFile(join(elsewhere, 'fetched'), 'utf8')).toBe('some audio');
      expect(await storage.fetchFile('none', join(elsewhere, 'none'))).toBe(false);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it('removes the file again if its target path is blocked', async () => {
    const storage = await LocalStorage.open(root, { signing });
    await mkdir(join(root, 'objects', 'a', 'b'), { recursive: true });
    await writeFile(join(root, 'upload'), 'x');
    await expect(storage.putFile('a', join(root, 'upload'), zip)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(storage.put('a', Readable.from([Buffer.from('x')]), zip)).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect((await readdir(root)).sort()).toEqual(['incoming', 'objects', 'upload']);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('signs URLs for the configured base URL', async () => {
    const storage = await LocalStorage.open(root, { signing });
    const now = Math.floor(Date.now() / 1000);
    const url = await storage.signGet('a.zip', { expiresInSeconds: 60, downloadName: 'ü 日本.zip' });
    const put = await storage.signPut('b.zip', { expiresInSeconds: 60, ...zip, maxBytes: 99 });

    const prefix = 'http://10.0.0.1:3000/api/objects/';
    expect([url, put].map((each) => each.slice(0, prefix.length))).toEqual([prefix, prefix]);
    expect(url.slice(prefix.length)).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(verifyObjectToken(url.slice(prefix.length), now, secrets)).toMatchObject({
      method: 'GET',
      key: 'a.zip',
      contentType: null,
      downloadName: 'ü 日本.zip',
    });
    const grant = verifyObjectToken(put.slice(prefix.length), now, secrets);
    expect(grant).toMatchObject({ method: 'PUT', key: 'b.zip', contentType: 'application/zip', maxBytes: 99 });
    expect(() => verifyObjectToken(put.slice(prefix.length), now + 70, secrets)).toThrow('Access denied');
  });
});

describe('writeAll', () => {
  it('throws insufficient_storage if the disk is full', async () => {
    // Every write to this device fails with ENOSPC (Linux, full(4)).
    const full = await open('/dev/full', 'w');
    try {
      await expect(writeAll(full, Readable.from([Buffer.from('x')]))).rejects.toMatchObject({
        code: 'insufficient_storage',
        status: 507,
      });
    } finally {
      await full.close();
    }
  });
});

describe('createStorage', () => {
  it('opens a folder whose path has spaces', async () => {
    const storage = await createStorage(pathToFileURL(join(root, 'a b')).href, { signing });
    await storage.put('a', Readable.from([Buffer.from('x')]), zip);
    expect((await readdir(root)).sort()).toEqual(['a b']);
  });

  it('says which STORAGE_URLs are valid', async () => {
    await expect(createStorage('s3://bucket/a//b', { signing })).rejects.toThrow('the prefix may hold');
    await expect(createStorage('/var/lib/timbre', { signing })).rejects.toThrow('file:///path or s3://bucket');
    await expect(createStorage('file://elsewhere/path', { signing })).rejects.toThrow('folder of this machine');
  });
});

/** Counts the files below a folder that this process holds open (proc(5)). */
async function openFilesIn(folder: string): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(folder)).length;
}

async function until(met: () => Promise<boolean>): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 5));
}
