import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samplesPerSecond, type AudioTools, type QualityCode } from '#libs/audio';
import type { Stretch } from '../../libs/audio/src/cutting/cut-plan.js';
import { decode, levelDecibels, makeAudio } from '../support/audio-measure.js';
import { integratedLoudness } from '../support/loudness-meter.js';
import type { CleanSpeech } from './clean-speech.js';

/** Where damaged recordings are made. */
export interface DamageLab {
  readonly tools: AudioTools;
  readonly folder: string;
}

/** A recording made worse in one way, and the reason that Timbre should give. */
export interface Damage {
  readonly name: string;
  /** null: none. */
  readonly code: QualityCode | null;
  /** Makes a recording as people upload them: stereo WAV at 44.1 kHz. @returns the stretches to judge */
  make(clean: CleanSpeech, outputPath: string, lab: DamageLab): Promise<readonly Stretch[]>;
}

/** Both channels are as loud as the mono recording; ffmpeg's own upmix is 3 dB quieter. */
const stereo = 'pan=stereo|c0=c0|c1=c0';

const asUploaded = ['-ar', '44100', '-c:a', 'pcm_s16le'];

const filtered = (name: string, code: QualityCode | null, filter: string): Damage => ({
  ...{ name, code },
  make: async ({ path, stretches }, outputPath, { tools }) => {
    await makeAudio(tools, ['-i', path, '-af', `aresample=44100,${filter},${stereo}`, ...asUploaded, outputPath]);
    return stretches;
  },
});

const clipped = (decibels: number): Damage => ({
  ...{ name: `${decibels} dB over full scale`, code: 'clipped' },
  make: async ({ path, samples, stretches }, outputPath, { tools }) => {
    const peak = 20 * Math.log10(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
    const filter = `aresample=44100,volume=${decibels - peak}dB,${stereo}`;
    await makeAudio(tools, ['-i', path, '-af', filter, ...asUploaded, outputPath]);
    return stretches;
  },
});

const quiet = (lufs: number): Damage => ({
  ...{ name: `${lufs} LUFS`, code: 'too_quiet' },
  make: async ({ path, stretches }, outputPath, { tools }) => {
    const gain = lufs - (await integratedLoudness(tools, path));
    await makeAudio(tools, ['-i', path, '-af', `volume=${gain}dB,${stereo}`, ...asUploaded, outputPath]);
    return stretches;
  },
});

const noisy = (colour: 'pink' | 'white', decibels: number, code: QualityCode | null = 'noisy'): Damage => ({
  ...{ name: `${colour} noise at ${decibels} dB SNR`, code },
  make: async ({ path, samples, stretches }, outputPath, { tools }) => {
    const noisePath = `${outputPath}.noise.wav`;
    const seconds = samples.length / samplesPerSecond;
    const source = `anoisesrc=c=${colour}:r=44100:a=0.5:seed=7:d=${seconds}`;
    await makeAudio(tools, ['-f', 'lavfi', '-i', source, noisePath]);
    const gain = levelDecibels(samples) - decibels - levelDecibels(await decode(tools, noisePath));
    const mix = `[0]aresample=44100[s];[1]volume=${gain}dB[n];[s][n]amix=inputs=2:normalize=0:duration=first,${stereo}`;
    await makeAudio(tools, ['-i', path, '-i', noisePath, '-filter_complex', mix, ...asUploaded, outputPath]);
    return stretches;
  },
});

/** Silence before and after each stretch, so that this share of it is silent; one after the other. */
const silent = (share: number): Damage => ({
  ...{ name: `${share * 100} % silence`, code: 'mostly_silence' },
  make: async ({ samples, stretches }, outputPath, { tools, folder }) => {
    const parts = stretches.map(({ startSamples, durationSamples }) => {
      const pad = Math.round((durationSamples * share) / (1 - share) / 2);
      const part = new Float32Array(durationSamples + 2 * pad);
      part.set(samples.subarray(startSamples, startSamples + durationSamples), pad);
      return part;
    });
    const rawPath = join(folder, 'silent.f32le');
    await writeFile(rawPath, Buffer.concat(parts.map(({ buffer }) => Buffer.from(buffer))));
    await makeAudio(tools, [
      '-f',
      'f32le',
      '-ar',
      '48000',
      '-ac',
      '1',
      '-i',
      rawPath,
      '-af',
      stereo,
      ...asUploaded,
      outputPath,
    ]);
    let startSamples = 0;
    return parts.map(({ length }) => {
      const stretch = { startSamples, durationSamples: length };
      startSamples += length;
      return stretch;
    });
  },
});

const cutInWord: Damage = {
  ...{ name: 'starts inside a word', code: 'cut_in_word' },
  make: async ({ path, cutStretches }, outputPath, { tools }) => {
    await makeAudio(tools, ['-i', path, '-af', stereo, ...asUploaded, outputPath]);
    return cutStretches;
  },
};

/** Returns filters of 12 dB an octave each. */
function telephone(filters: number): string {
  return Array<string>(filters).fill('highpass=f=300,lowpass=f=3400').join(',');
}

/** Each must have its reason and no other. */
export const damages: readonly Damage[] = [
  filtered('clean', null, 'anull'),
  clipped(24),
  filtered('300–3400 Hz', 'narrow_band', telephone(4)),
  filtered('above 300 Hz, 8 kHz sampling', 'narrow_band', 'highpass=f=300,aresample=8000,aresample=44100'),
  quiet(-45),
  noisy('pink', 10),
  silent(0.7),
  cutInWord,
];

/** Between good and bad: they show where the thresholds lie. */
export const milderDamages: readonly Damage[] = [
  clipped(12),
  clipped(6),
  clipped(3),
  filtered('300–3400 Hz, 24 dB an octave', 'narrow_band', telephone(2)),
  filtered('300–3400 Hz, 12 dB an octave', 'narrow_band', telephone(1)),
  filtered('11 kHz sampling', 'narrow_band', 'aresample=11025,aresample=44100'),
  filtered('16 kHz sampling', 'narrow_band', 'aresample=16000,aresample=44100'),
  quiet(-38),
  quiet(-30),
  noisy('pink', 15),
  noisy('pink', 20),
  noisy('pink', 25),
  noisy('white', 10),
  silent(0.5),
  silent(0.3),
];
