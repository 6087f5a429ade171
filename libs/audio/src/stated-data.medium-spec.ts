import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioToolsOfThisMachine, makeAudio, speech, temporaryFolder } from '../../../test/support/audio-measure.js';
import { statedDataSeconds } from './stated-data.js';
import { probeRecording, recordingLimits, type AudioTools } from './index.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
beforeAll(async () => {
  folder = await temporaryFolder();
  tools = await audioToolsOfThisMachine(join(folder.path, 'launchers'));
});
afterAll(() => folder.remove());

describe('statedDataSeconds', () => {
  it.each([
    ['a.caf', []],
    ['a.w64', []],
    ['stereo.w64', ['-ac', '2', '-ar', '44100', '-c:a', 'pcm_s24le']],
    ['float.caf', ['-ac', '2', '-c:a', 'pcm_f32be']],
  ])('of %s is what was recorded, also when the file is cut off', async (name, options) => {
    const path = join(folder.path, name);
    await makeAudio(tools, ['-i', speech('en'), '-t', '20', ...options, path]);
    expect(await statedDataSeconds(path)).toBeCloseTo(20, 2);
    const bytes = await readFile(path);
    const cut = join(folder.path, `cut ${name}`);
    await writeFile(cut, bytes.subarray(0, bytes.length / 2));
    expect(await statedDataSeconds(cut)).toBeCloseTo(20, 2);
    const facts = await probeRecording({ tools, inputPath: cut, limits: recordingLimits(60) });
    expect(facts.statedSeconds).toBeCloseTo(20, 2);
    expect(facts.durationSeconds).toBeLessThan(10.5);
  });

  it.each([
    ['compressed.caf', ['-c:a', 'alac']],
    ['a.wav', []],
    ['a.flac', []],
  ])('of %s is not known', async (name, options) => {
    const path = join(folder.path, name);
    await makeAudio(tools, ['-i', speech('en'), '-t', '2', ...options, path]);
    expect(await statedDataSeconds(path)).toBeUndefined();
  });

  it('of garbage is not known', async () => {
    const path = join(folder.path, 'garbage');
    for (const content of ['', 'caff', `caff${'\0'.repeat(40)}`, `riff${'\0'.repeat(100)}`, 'caff'.repeat(50)]) {
      await writeFile(path, content);
      expect(await statedDataSeconds(path)).toBeUndefined();
    }
  });
});
