import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProfileFile } from './profiles.js';

let folder: string;
let file: ProfileFile;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'timbre-profiles-')), 'timbre');
  file = new ProfileFile(folder);
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

const modeOf = async (name: string): Promise<string> => ((await stat(name)).mode & 0o777).toString(8);
const profile = { url: 'https://a.example', key: 'tk_a' };

describe('ProfileFile', () => {
  it('keeps keys where only their owner can read them', async () => {
    await file.put('default', profile);
    expect(await modeOf(file.path)).toBe('600');
    expect(await modeOf(folder)).toBe('700');
    expect(await readdir(folder)).toEqual(['profiles.json']);
  });

  it('closes a file and a folder that were open to others', async () => {
    await file.put('default', profile);
    await chmod(folder, 0o755);
    await chmod(file.path, 0o644);
    await file.put('other', { ...profile, key: 'tk_b' });
    expect(await modeOf(file.path)).toBe('600');
    expect(await modeOf(folder)).toBe('700');
  });

  it('keeps the other profiles', async () => {
    await file.put('default', profile);
    await file.put('other', { ...profile, key: 'tk_b' });
    expect(await file.remove('default')).toBe(true);
    expect(await file.remove('default')).toBe(false);
    expect(await file.find('default')).toBeUndefined();
    expect(await file.find('other')).toEqual({ ...profile, key: 'tk_b' });
  });

  it('knows no profile that every object has', async () => {
    expect(await file.find('constructor')).toBeUndefined();
    expect(await file.find('__proto__')).toBeUndefined();
  });

  it('says that a damaged file is damaged, and where it is', async () => {
    await file.put('default', profile);
    await writeFile(file.path, '{');
    await expect(file.find('default')).rejects.toThrow(`${file.path} is not JSON`);
  });
});
