import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalStorage } from './local-storage.js';

const signing = { baseUrl: 'http://x', secrets: ['a secret of the test'] };
const opus = { contentType: 'audio/ogg' };
/** The user nobody and its group, on every Linux. */
const stranger = 65534;
const group = 54321;

let top: string;
let root: string;
let umask: number;
beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'timbre-modes-'));
  await chmod(top, 0o755);
  root = path.join(top, 'storage');
  umask = process.umask();
});
afterEach(async () => {
  process.umask(umask);
  await rm(top, { recursive: true, force: true });
});

/** Stores objects by every method that creates them. @returns their keys */
async function storeInEveryWay(groupReadable: boolean): Promise<string[]> {
  const storage = await LocalStorage.open(root, { signing, groupReadable });
  const bytes = Buffer.from('a voice');
  const put = await storage.put('voices/1/put', Readable.from([bytes]), opus);
  await writeFile(path.join(top, 'upload'), bytes, { mode: 0o666 });
  await storage.putFile('voices/1/moved', path.join(top, 'upload'), opus);
  await storage.copyVerified('voices/1/put', 'voices/2/jobs/copied', put);
  await writeFile(path.join(root, 'objects/voices/1/old'), bytes, { mode: 0o644 }); // as older releases did
  await storage.copyVerified('voices/1/old', 'voices/2/jobs/of-old', put);
  return ['voices/1/put', 'voices/1/moved', 'voices/2/jobs/copied', 'voices/2/jobs/of-old'];
}

const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

/** Modes of all files and folders of the storage. */
async function modes(): Promise<{ readonly files: string[]; readonly folders: string[] }> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const entries = found.map((entry) => ({ entry, file: path.join(entry.parentPath, entry.name) }));
  const of = async (isFile: boolean): Promise<string[]> => {
    const chosen = entries.filter(({ entry }) => entry.isFile() === isFile);
    return [...new Set(await Promise.all(chosen.map(({ file }) => modeOf(file))))].sort();
  };
  return { files: await of(true), folders: [...new Set([...(await of(false)), await modeOf(root)])].sort() };
}

describe.each(['000', '022', '077'])('LocalStorage with the umask %s', (mask) => {
  it('stores files that only their owner can read', async () => {
    process.umask(parseInt(mask, 8));
    await storeInEveryWay(false);
    expect(await modes()).toEqual({ files: ['600'], folders: ['700'] });
  });

  it('stores files that the group can read, with groupReadable', async () => {
    process.umask(parseInt(mask, 8));
    await storeInEveryWay(true);
    expect(await modes()).toEqual({ files: ['640'], folders: ['750'] });
  });
});

it('LocalStorage.open restricts folders that older releases left open to everyone', async () => {
  for (const name of ['objects', 'incoming']) await mkdir(path.join(root, name), { recursive: true, mode: 0o755 });
  await LocalStorage.open(root, { signing });
  expect([await modeOf(path.join(root, 'objects')), await modeOf(path.join(root, 'incoming'))]).toEqual(['700', '700']);
});

const isRoot = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;
if (!isRoot)
  console.warn('skipping tests that read files as another user: they need root and setpriv (Debian: util-linux)');

(isRoot ? describe : describe.skip)('another user', () => {
  /** Reads a file as nobody with these groups. */
  const read = (file: string, groups: string[]): string => {
    const user = [`--reuid=${stranger}`, `--regid=${stranger}`, ...groups];
    const { status, stdout, stderr } = spawnSync('setpriv', [...user, 'cat', file], { encoding: 'utf8' });
    return status === 0 ? stdout : stderr;
  };
  const outside = ['--clear-groups'];
  const inside = [`--groups=${group}`];
  /** Changes the group of all files, as if Timbre ran in it. */
  const giveToGroup = (): void => void spawnSync('chgrp', ['-R', String(group), root]);

  it('can read nothing, in any group', async () => {
    const keys = await storeInEveryWay(false);
    giveToGroup();
    for (const key of keys) {
      for (const groups of [outside, inside]) {
        expect(read(path.join(root, 'objects', key), groups)).toContain('Permission denied');
      }
    }
  });

  it('can read files as a member of the group, with groupReadable', async () => {
    const keys = await storeInEveryWay(true);
    giveToGroup();
    for (const key of keys) {
      expect(read(path.join(root, 'objects', key), inside)).toBe('a voice');
      expect(read(path.join(root, 'objects', key), outside)).toContain('Permission denied');
    }
  });
});
