import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findToolsOfThisMachine, temporaryFolder } from '../../../../test/support/audio-measure.js';
import { findAudioTools, type AudioTools } from '../index.js';
import { hasAudioTools } from './tool-check.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
let launcherFolder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  launcherFolder = join(folder.path, "it's a folder");
  tools = await findToolsOfThisMachine(launcherFolder);
});
afterAll(() => folder.remove());

async function program(name: string, script: string): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const find = (options: Partial<Parameters<typeof findAudioTools>[0]>) =>
  findAudioTools({ searchPath: '', launcherFolder, ...options });

describe('findAudioTools', () => {
  it('finds tools on this machine and reports their origin', () => {
    expect(tools.ffmpeg.version).toMatch(/^\S+$/);
    expect(['path', 'npm']).toContain(tools.ffmpeg.origin);
    expect(['path', 'npm']).toContain(tools.ffprobe.origin);
  });

  it('takes the configured tools', async () => {
    const found = await find({ ffmpegPath: tools.ffmpeg.path, ffprobePath: tools.ffprobe.path });
    expect(found.ffmpeg).toMatchObject({ path: tools.ffmpeg.path, origin: 'configured' });
    expect(found.ffprobe).toMatchObject({ path: tools.ffprobe.path, origin: 'configured' });
  });

  it('prefers the search path to npm packages', async () => {
    const path = await program('bin/ffmpeg', `exec '${tools.ffmpeg.path}' "$@"`);
    const found = await find({ searchPath: join(folder.path, 'bin') });
    expect(found.ffmpeg).toMatchObject({ path, origin: 'path', version: tools.ffmpeg.version });
  });

  it('skips a build on the search path that lacks a feature', async () => {
    await program('poor/ffmpeg', `echo "ffmpeg version 9.9 Copyright" >&2`);
    const found = await find({ searchPath: join(folder.path, 'poor') });
    expect(found.ffmpeg.path).toBe(tools.ffmpeg.path);
  });

  it.each([
    ['is missing', undefined, /No usable ffmpeg\. Found: .* is missing.*apt-get install ffmpeg.*FFMPEG_PATH/],
    ['lacks libopus', 'echo "ffmpeg version 9.9 Copyright" >&2', /lacks encoder libopus, .*muxer ogg/],
    ['is another program', 'echo hello', /is not ffmpeg/],
    ['does not run', 'exit 3', /does not run/],
  ])('says that a configured tool %s', async (name, script, sentence) => {
    const ffmpegPath = join(folder.path, name, 'ffmpeg');
    if (script !== undefined) await program(join(name, 'ffmpeg'), script);
    await expect(find({ ffmpegPath })).rejects.toThrow(sentence);
  });
});

describe('hasAudioTools', () => {
  it('returns true only if both tools exist and have all features', async () => {
    const usable = join(folder.path, 'usable');
    await program('usable/ffmpeg', `exec '${tools.ffmpeg.path}' "$@"`);
    expect(await hasAudioTools({ PATH: usable }, '')).toBe(false);
    await program('usable/ffprobe', `exec '${tools.ffprobe.path}' "$@"`);
    expect(await hasAudioTools({ PATH: usable }, '')).toBe(true);
    await program('lacking/ffmpeg', `echo "ffmpeg version 9.9 Copyright" >&2`);
    await program('lacking/ffprobe', `exec '${tools.ffprobe.path}' "$@"`);
    expect(await hasAudioTools({ PATH: join(folder.path, 'lacking') }, '')).toBe(false);
    expect(await hasAudioTools({ PATH: `${join(folder.path, 'lacking')}:${usable}` }, '')).toBe(true);
  });

  it('trusts configured tools, which are checked at the start', async () => {
    expect(await hasAudioTools({ FFMPEG_PATH: '/x/ffmpeg', FFPROBE_PATH: '/x/ffprobe' }, '')).toBe(true);
  });
});
