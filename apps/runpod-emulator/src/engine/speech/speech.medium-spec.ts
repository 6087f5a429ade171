import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { levelDecibels } from '../../../../../test/support/audio-measure.js';
import { audioTools } from '../../../../../test/support/audio-measure.js';
import { pickOfForm } from '../../../../../test/support/test-form.js';
import { AcousticEngine } from '../acoustic-engine.js';
import { EngineThreadClient } from '../engine-thread-client.js';
import { Ffmpeg } from '../ffmpeg.js';
import { opusDurationSeconds } from '../opus-duration.js';
import { medianPitchHz } from '../signal/pitch.js';
import { languages, type Language } from './language.js';
import { findSynthesiser, speechOf } from './speech.js';
import { engineSampleRate } from '../engine-audio.js';

const sentence = 'Every voice has a story, and this one is just getting started.';
const engineThread = new URL('../engine-thread.js', import.meta.url);
const { signal } = new AbortController();

describe('AcousticEngine.speak', () => {
  let thread: EngineThreadClient;
  let engine: AcousticEngine;
  let ffmpeg: Ffmpeg;
  beforeAll(async () => {
    const synthesiser = findSynthesiser();
    if (synthesiser.kind !== 'package') throw new Error('the optional eSpeak package is not installed');
    ffmpeg = new Ffmpeg(audioTools().ffmpeg.path, 2);
    thread = new EngineThreadClient(engineThread, { espeakPath: synthesiser.path });
    engine = new AcousticEngine(thread, ffmpeg, speechOf(synthesiser, thread));
  });
  afterAll(() => thread.stop());

  it.each(pickOfForm([180], [85, 120, 180, 240, 300]))('makes audible speech at %d Hz, within 10 %%', async (hertz) => {
    const opus = await engine.speak(sentence, hertz);
    const samples = await ffmpeg.decode(opus, signal);
    expect(levelDecibels(samples)).toBeGreaterThan(-35);
    expect(opusDurationSeconds(opus)).toBeCloseTo(samples.length / engineSampleRate, 2);
    expect(opusDurationSeconds(opus)).toBeGreaterThan(2);
    expect(Math.abs(medianPitchHz(samples, engineSampleRate)! / hertz - 1)).toBeLessThan(0.1);
  });

  it.each(pickOfForm<readonly Language[]>(['fr'], languages))(
    'has voices for the language %s, of about the same pitch',
    async (language) => {
      const samples = await ffmpeg.decode(await engine.speak('Ana banana, la sonata.', 160, language), signal);
      // The setting is calibrated with the English voices; the Dutch one is 12.6 % off.
      expect(Math.abs(medianPitchHz(samples, engineSampleRate)! / 160 - 1)).toBeLessThan(0.15);
    },
  );

  it('speaks a sentence once for about the same pitch', async () => {
    const [first, shared, higher] = await Promise.all([130, 130.2, 145].map((hertz) => engine.speak(sentence, hertz)));
    expect(shared).toBe(first);
    expect(higher).not.toBe(first);
  });

  it('fails only for one call if the synthesiser fails, and works again after the thread died', async () => {
    const mortal = new EngineThreadClient(engineThread, { espeakPath: '/no/such/package.js' });
    await expect(mortal.do('speak', { text: 'x', setting: { voice: 'en-us', pitch: 50 } })).rejects.toThrow(
      'package.js',
    );
    expect(await mortal.do('score', { voiceprints: [] })).toEqual([]);
    await mortal.stop();
    await expect(mortal.do('score', { voiceprints: [] })).rejects.toThrow('stopped');
  });
});

describe('findSynthesiser', () => {
  it('says what to install if there is no synthesiser', () => {
    expect(() => findSynthesiser(() => null, '/no/such/espeak-ng')).toThrow(/npm install .*espeak-ng.*apt-get install/);
  });

  it('uses the program on PATH without the package, and passes the text by stdin', async () => {
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
