import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsoleBuilds } from './console-build.js';

describe('ConsoleBuilds', () => {
  let root: string;
  let folder: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'console-'));
    folder = path.join(root, 'console');
  });
  afterEach(() => rm(root, { recursive: true }));

  /** Replaces the folder at once, as scripts/prepare/console.mjs does. */
  async function build(page: string, files: Readonly<Record<string, string>>): Promise<void> {
    const made = path.join(root, 'new');
    await mkdir(path.join(made, 'assets'), { recursive: true });
    for (const [name, text] of Object.entries({ 'index.html': page, ...files })) {
      await writeFile(path.join(made, name), text);
    }
    await rm(folder, { recursive: true, force: true });
    await rename(made, folder);
  }

  it('has no build where there is none, and finds one that is made later', async () => {
    const builds = new ConsoleBuilds(folder);
    expect([await builds.current(), await builds.file('/assets/a.js')]).toEqual([null, undefined]);
    await build('one', { 'assets/a.js': 'a' });
    expect((await builds.current())?.page).toBe('one');
    expect((await builds.file('/assets/a.js'))?.bytes.toString()).toBe('a');
  });

  it('finds a file of a newer build before its page was asked for, and keeps the last one while there is none', async () => {
    const builds = new ConsoleBuilds(folder);
    await build('one', { 'assets/a.js': 'a' });
    await builds.current();
    await build('two', { 'assets/b.js': 'b' });
    expect((await builds.file('/assets/b.js'))?.bytes.toString()).toBe('b');
    expect(await builds.file('/assets/a.js')).toBeUndefined();
    await rm(folder, { recursive: true });
    expect((await builds.current())?.page).toBe('two');
  });

  it('has neither the page nor compressed copies among the files', async () => {
    const builds = new ConsoleBuilds(folder);
    await build('one', { 'assets/a.js': 'a', 'assets/a.js.br': 'b', 'assets/a.js.gz': 'g', 'icon.svg': 'i' });
    const files = (await builds.current())?.files ?? new Map();
    expect([...files.keys()].sort()).toEqual(['/assets/a.js', '/icon.svg']);
    expect((await builds.file('/assets/a.js'))?.compressed).toEqual({ br: Buffer.from('b'), gzip: Buffer.from('g') });
    expect((await builds.file('/icon.svg'))?.compressed).toEqual({});
  });
});
