import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioToolsOfThisMachine, temporaryFolder } from '../../../test/support/audio-measure.js';
import { findAudioTools, type AudioTools } from './index.js';
import { bringsAudioTools } from './tool-check.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
let launcherFolder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  launcherFolder = join(folder.path, "it's a folder");
  tools = await audioToolsOfThisMachine(launcherFolder);
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
  it('finds tools on this machine and says where they come from', () => {
    expect(tools.ffmpeg.version).toMatch(/^\S+$/);
    expect(['path', 'npm']).toContain(tools.ffmpeg.origin);
    expect(['path', 'npm']).toContain(tools.ffprobe.origin);
  });

  it('takes what is configured', async () => {
    const found = await find({ ffmpegPath: tools.ffmpeg.path, ffprobePath: tools.ffprobe.path });
    expect(found.ffmpeg).toMatchObject({ path: tools.ffmpeg.path, origin: 'configured' });
    expect(found.ffprobe).toMatchObject({ path: tools.ffprobe.path, origin: 'configured' });
  });

  it('takes what is on the search path before what npm carries', async () => {
    const path = await program('bin/ffmpeg', `exec '${tools.ffmpeg.path}' "$@"`);
    const found = await find({ searchPath: join(folder.path, 'bin') });
    expect(found.ffmpeg).toMatchObject({ path, origin: 'path', version: tools.ffmpeg.version });
  });

  it('passes over a build on the search path that lacks something', async () => {
    await program('poor/ffmpeg', `echo "ffmpeg version 9.9 Copyright" >&2`);
    const found = await find({ searchPath: join(folder.path, 'poor') });
    expect(found.ffmpeg.path).toBe(tools.ffmpeg.path);
  });

  it.each([
    ['is not there', undefined, /No usable ffmpeg\. Found: .* is not there.*apt-get install ffmpeg.*FFMPEG_PATH/],
    ['lacks libopus', 'echo "ffmpeg version 9.9 Copyright" >&2', /lacks encoder libopus, .*muxer ogg/],
    ['is another program', 'echo hello', /is not ffmpeg/],
    ['does not run', 'exit 3', /does not run/],
  ])('says in words that a configured one %s', async (name, script, sentence) => {
    const ffmpegPath = join(folder.path, name, 'ffmpeg');
    if (script !== undefined) await program(join(name, 'ffmpeg'), script);
    await expect(find({ ffmpegPath })).rejects.toThrow(sentence);
  });
});

describe('bringsAudioTools', () => {
  it('is true only where both tools are there and have everything', async () => {
    const usable = join(folder.path, 'usable');
    await program('usable/ffmpeg', `exec '${tools.ffmpeg.path}' "$@"`);
    expect(await bringsAudioTools({ PATH: usable }, '')).toBe(false);
    await program('usable/ffprobe', `exec '${tools.ffprobe.path}' "$@"`);
    expect(await bringsAudioTools({ PATH: usable }, '')).toBe(true);
    await program('lacking/ffmpeg', `echo "ffmpeg version 9.9 Copyright" >&2`);
    await program('lacking/ffprobe', `exec '${tools.ffprobe.path}' "$@"`);
    expect(await bringsAudioTools({ PATH: join(folder.path, 'lacking') }, '')).toBe(false);
    expect(await bringsAudioTools({ PATH: `${join(folder.path, 'lacking')}:${usable}` }, '')).toBe(true);
  });

  it('trusts what is configured, which is checked at the start', async () => {
    expect(await bringsAudioTools({ FFMPEG_PATH: '/x/ffmpeg', FFPROBE_PATH: '/x/ffprobe' }, '')).toBe(true);
  });
});
