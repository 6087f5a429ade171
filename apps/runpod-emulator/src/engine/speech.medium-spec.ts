import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildEngineThread, type BuiltThread } from '../../test/engine-thread-build.js';
import { levelDecibels } from '../../../../test/support/audio-measure.js';
import { findFfmpeg } from '../../test/find-ffmpeg.js';
import { AcousticEngine } from './acoustic-engine.js';
import { EngineThreadClient } from './engine-thread-client.js';
import { Ffmpeg } from './ffmpeg.js';
import { opusDurationSeconds } from './opus-duration.js';
import { medianPitchHz } from './pitch.js';
import { findSynthesiser, speechOf } from './speech.js';
import { ENGINE_SAMPLE_RATE } from './engine-audio.js';

const SENTENCE = 'Every voice has a story, and this one is just getting started.';
const { signal } = new AbortController();

describe('test samples', () => {
  let built: BuiltThread;
  let thread: EngineThreadClient;
  let engine: AcousticEngine;
  let ffmpeg: Ffmpeg;
  beforeAll(async () => {
    const synthesiser = findSynthesiser();
    if (synthesiser.kind !== 'package') throw new Error('the optional eSpeak package is not installed');
    ffmpeg = new Ffmpeg(await findFfmpeg(), 2);
    built = await buildEngineThread();
    thread = new EngineThreadClient(built.url, { espeakPath: synthesiser.path });
    engine = new AcousticEngine(thread, ffmpeg, speechOf(synthesiser, thread));
  });
  afterAll(async () => {
    await thread.stop();
    await built.remove();
  });

  it.each([85, 120, 180, 240, 300])('are audible speech at %d Hz, within 10 %%', async (hertz) => {
    const opus = await engine.speak(SENTENCE, hertz);
    const samples = await ffmpeg.decode(opus, signal);
    expect(levelDecibels(samples)).toBeGreaterThan(-35);
    expect(opusDurationSeconds(opus)).toBeCloseTo(samples.length / ENGINE_SAMPLE_RATE, 2);
    expect(opusDurationSeconds(opus)).toBeGreaterThan(2);
    expect(Math.abs(medianPitchHz(samples, ENGINE_SAMPLE_RATE)! / hertz - 1)).toBeLessThan(0.1);
  });

  it('are spoken once for one sentence and about one pitch', async () => {
    const [first, shared, higher] = await Promise.all([130, 130.2, 145].map((hertz) => engine.speak(SENTENCE, hertz)));
    expect(shared).toBe(first);
    expect(higher).not.toBe(first);
  });

  it('fail alone when the synthesiser does, and not for ever when the thread was stopped', async () => {
    const mortal = new EngineThreadClient(built.url, { espeakPath: '/no/such/package.js' });
    await expect(mortal.do('speak', { text: 'x', setting: { voice: 'en-us', pitch: 50 } })).rejects.toThrow(
      'package.js',
    );
    expect(await mortal.do('score', { voiceprints: [] })).toEqual([]);
    await mortal.stop();
    await expect(mortal.do('score', { voiceprints: [] })).rejects.toThrow('stopped');
  });
});

describe('findSynthesiser', () => {
  it('says what to install when there is none', () => {
    expect(() => findSynthesiser(() => null, '/no/such/espeak-ng')).toThrow(/npm install .*espeak-ng.*apt-get install/);
  });

  it('uses the program on PATH without the package, and gives it the text by stdin', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'timbre-espeak-'));
    const program = join(folder, 'espeak-ng');
    await writeFile(program, `#!/bin/sh\nprintf '%s ' "$@" > ${folder}/argv\ncat > ${folder}/text\nprintf RIFF\n`);
    await chmod(program, 0o755);
    const synthesiser = findSynthesiser(() => null, program);
    const unused = new EngineThreadClient(new URL('file:///unused.js'), { espeakPath: null });
    const audio = await speechOf(synthesiser, unused)('Hello there.', { voice: 'en-us', pitch: 42 });
    expect(audio).toEqual({ inputOptions: ['-f', 'wav'], bytes: Buffer.from('RIFF') });
    expect(await readFile(join(folder, 'argv'), 'utf8')).toBe('-v en-us -p 42 -s 160 --stdin --stdout ');
    expect(await readFile(join(folder, 'text'), 'utf8')).toBe('Hello there.');
    await rm(folder, { recursive: true });
  });
});
