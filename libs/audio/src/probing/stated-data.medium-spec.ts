import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio, speech } from '../../../../test/support/audio-measure.js';
import { readContainerFacts } from './container-facts.js';
import { probeRecording, recordingLimits } from '../index.js';

const lab = audioLab();

describe('statedDataSeconds', () => {
  it.each([
    ['a.caf', []],
    ['a.w64', []],
    ['stereo.w64', ['-ac', '2', '-ar', '44100', '-c:a', 'pcm_s24le']],
    ['float.caf', ['-ac', '2', '-c:a', 'pcm_f32be']],
  ])('returns the original length of %s, even if the file is truncated', async (name, options) => {
    const path = join(lab.folder, name);
    await makeAudio(lab.tools, ['-i', speech('en'), '-t', '20', ...options, path]);
    expect((await readContainerFacts(path)).statedSeconds).toBeCloseTo(20, 2);
    const bytes = await readFile(path);
    const cut = join(lab.folder, `cut ${name}`);
    await writeFile(cut, bytes.subarray(0, bytes.length / 2));
    expect((await readContainerFacts(cut)).statedSeconds).toBeCloseTo(20, 2);
    const facts = await probeRecording({ tools: lab.tools, inputPath: cut, limits: recordingLimits(60) });
    expect(facts.statedSeconds).toBeCloseTo(20, 2);
    expect(facts.durationSeconds).toBeLessThan(10.5);
  });

  it.each([
    ['compressed.caf', ['-c:a', 'alac']],
    ['a.wav', []],
    ['a.flac', []],
  ])('returns undefined for %s', async (name, options) => {
    const path = join(lab.folder, name);
    await makeAudio(lab.tools, ['-i', speech('en'), '-t', '2', ...options, path]);
    expect((await readContainerFacts(path)).statedSeconds).toBeUndefined();
  });

  it('returns undefined for garbage', async () => {
    const path = join(lab.folder, 'garbage');
    for (const content of ['', 'caff', `caff${'\0'.repeat(40)}`, `riff${'\0'.repeat(100)}`, 'caff'.repeat(50)]) {
      await writeFile(path, content);
      expect((await readContainerFacts(path)).statedSeconds).toBeUndefined();
    }
  });
});
