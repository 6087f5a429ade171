import { PowerSpectrum } from '../signal/power-spectrum.js';
import { engineSampleRate, loudnessRangeDb } from '../engine-audio.js';

const frameLength = 0.025 * engineSampleRate;
const hopLength = 0.01 * engineSampleRate;
const fftSize = 512;
const binHz = engineSampleRate / fftSize;
/** Edges of the bands in Hz: one for bass, five for the telephone band and its surroundings, two for treble. */
const edgesHz = [80, 250, 500, 1000, 2000, 3000, 4000, 5500, 7000] as const;
const bandCount = edgesHz.length - 1;
const bassBands = [0] as const;
const middleBands = [2, 3, 4] as const;
const trebleBands = [6, 7] as const;
/** Clean speech has at least this much. Values above depend on what is said, not on how it was recorded. */
const maxPeakRatioDb = 4.6;
const maxRangeDb = 35;
/** Keep the logarithms finite on digital silence. */
const levelFloor = 1e-10;
const powerFloor = 1e-9;

const spectrum = new PowerSpectrum(fftSize);
const hamming = Float64Array.from(
  { length: frameLength },
  (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (frameLength - 1)),
);

/** Quality of a recording, independent of the speaker. Higher is better. All in dB. */
export interface Channel {
  /** Level at 80–250 Hz relative to that at 0.5–3 kHz. A telephone has no bass. */
  readonly bassDb: number;
  /** Level at 4–7 kHz relative to that at 0.5–3 kHz. A telephone and a narrow codec have no treble. */
  readonly trebleDb: number;
  /** Highest peaks (99.9 %) relative to loud parts (90 %), up to 4.6 dB. Clipped speech has flat peaks. */
  readonly peakRatioDb: number;
  /** Speech (95 %) relative to pauses (10 %), mean of all bands, up to 35 dB. Noise fills the pauses. */
  readonly rangeDb: number;
}

/** @param samples mono PCM at {@link engineSampleRate}, in [-1, 1], any length */
export function channelOf(samples: Float32Array): Channel {
  const frames = Array.from(
    { length: Math.max(1, Math.floor((samples.length - frameLength) / hopLength) + 1) },
    (_, i) => frameAt(samples, i * hopLength),
  );
  const loudest = frames.reduce((most, { level }) => Math.max(most, level), -Infinity);
  const active = frames.filter(({ level }) => level > loudest - loudnessRangeDb);
  const levels = Array.from({ length: bandCount }, (_, band) =>
    decibels(active.reduce((sum, { powers }) => sum + powers[band]!, 0) / active.length),
  );
  const middle = meanOf(middleBands.map((band) => levels[band]!));
  return {
    bassDb: meanOf(bassBands.map((band) => levels[band]!)) - middle,
    trebleDb: meanOf(trebleBands.map((band) => levels[band]!)) - middle,
    peakRatioDb: Math.min(maxPeakRatioDb, peakRatioDb(samples, active)),
    rangeDb: Math.min(maxRangeDb, rangeDb(frames)),
  };
}

interface Frame {
  readonly start: number;
  /** dBFS */
  readonly level: number;
  /** Mean power in each band. */
  readonly powers: Float64Array;
}

function frameAt(samples: Float32Array, start: number): Frame {
  let squares = 0;
  const windowed = hamming.map((weight, i) => {
    const value = samples[start + i] ?? 0;
    squares += value ** 2;
    return weight * value;
  });
  const power = spectrum.of(windowed);
  const powers = Float64Array.from({ length: bandCount }, (_, band) => {
    const [first, end] = [Math.ceil(edgesHz[band]! / binHz), Math.ceil(edgesHz[band + 1]! / binHz)];
    return meanOf(power.subarray(first, end));
  });
  return { start, level: 10 * Math.log10(squares / frameLength + levelFloor), powers };
}

function peakRatioDb(samples: Float32Array, active: readonly Frame[]): number {
  const magnitudes = new Float32Array(active.length * hopLength);
  for (const [at, { start }] of active.entries()) {
    for (let i = 0; i < hopLength; i++) magnitudes[at * hopLength + i] = Math.abs(samples[start + i] ?? 0);
  }
  magnitudes.sort();
  const peak = quantile(magnitudes, 0.999);
  const loud = quantile(magnitudes, 0.9);
  return loud > 0 ? 20 * Math.log10(peak / loud) : maxPeakRatioDb;
}

function rangeDb(frames: readonly Frame[]): number {
  const ranges = Array.from({ length: bandCount }, (_, band) => {
    const levels = Float64Array.from(frames, ({ powers }) => decibels(powers[band]!)).sort();
    return quantile(levels, 0.95) - quantile(levels, 0.1);
  });
  return meanOf(ranges);
}

const decibels = (power: number): number => 10 * Math.log10(power + powerFloor);

const quantile = (sorted: Float32Array | Float64Array, share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0;

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
