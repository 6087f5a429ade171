import { PowerSpectrum } from './power-spectrum.js';
import { ENGINE_SAMPLE_RATE, LOUDNESS_RANGE_DB } from './engine-audio.js';

const FRAME_LENGTH = 0.025 * ENGINE_SAMPLE_RATE;
const HOP_LENGTH = 0.01 * ENGINE_SAMPLE_RATE;
const FFT_SIZE = 512;
const BIN_HZ = ENGINE_SAMPLE_RATE / FFT_SIZE;
/** Edges of the bands in Hz: one of bass, five of the telephone band and what surrounds it, two of treble. */
const EDGES_HZ = [80, 250, 500, 1000, 2000, 3000, 4000, 5500, 7000] as const;
const BANDS = EDGES_HZ.length - 1;
const BASS = [0] as const;
const MIDDLE = [2, 3, 4] as const;
const TREBLE = [6, 7] as const;
/** Clean speech has this much or more; what lies above depends on what is said, not on how it was recorded. */
const MOST_PEAK_RATIO_DB = 4.6;
const MOST_RANGE_DB = 35;
/** Keep the logarithms finite on digital silence. */
const LEVEL_FLOOR = 1e-10;
const POWER_FLOOR = 1e-9;

const spectrum = new PowerSpectrum(FFT_SIZE);
const hamming = Float64Array.from(
  { length: FRAME_LENGTH },
  (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (FRAME_LENGTH - 1)),
);

/** How a sample was recorded, whoever speaks: more of each is better. All in dB. */
export interface Channel {
  /** Level at 80–250 Hz over that at 0.5–3 kHz. A telephone has none. */
  readonly bassDb: number;
  /** Level at 4–7 kHz over that at 0.5–3 kHz. A telephone, and a narrow codec, have none. */
  readonly trebleDb: number;
  /** Highest peaks (99.9 %) over the loud parts (90 %), up to 4.6 dB. Clipped speech has flat peaks. */
  readonly peakRatioDb: number;
  /** Speech (95 %) over pauses (10 %), mean of all bands, up to 35 dB. Noise fills the pauses. */
  readonly rangeDb: number;
}

/** @param samples mono PCM at {@link ENGINE_SAMPLE_RATE}, in [-1, 1], any length */
export function channelOf(samples: Float32Array): Channel {
  const frames = Array.from(
    { length: Math.max(1, Math.floor((samples.length - FRAME_LENGTH) / HOP_LENGTH) + 1) },
    (_, i) => frameAt(samples, i * HOP_LENGTH),
  );
  const loudest = frames.reduce((most, { level }) => Math.max(most, level), -Infinity);
  const active = frames.filter(({ level }) => level > loudest - LOUDNESS_RANGE_DB);
  const levels = Array.from({ length: BANDS }, (_, band) =>
    decibels(active.reduce((sum, { powers }) => sum + powers[band]!, 0) / active.length),
  );
  const middle = meanOf(MIDDLE.map((band) => levels[band]!));
  return {
    bassDb: meanOf(BASS.map((band) => levels[band]!)) - middle,
    trebleDb: meanOf(TREBLE.map((band) => levels[band]!)) - middle,
    peakRatioDb: Math.min(MOST_PEAK_RATIO_DB, peakRatioDb(samples, active)),
    rangeDb: Math.min(MOST_RANGE_DB, rangeDb(frames)),
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
  const powers = Float64Array.from({ length: BANDS }, (_, band) => {
    const [first, end] = [Math.ceil(EDGES_HZ[band]! / BIN_HZ), Math.ceil(EDGES_HZ[band + 1]! / BIN_HZ)];
    return meanOf(power.subarray(first, end));
  });
  return { start, level: 10 * Math.log10(squares / FRAME_LENGTH + LEVEL_FLOOR), powers };
}

function peakRatioDb(samples: Float32Array, active: readonly Frame[]): number {
  const magnitudes = new Float32Array(active.length * HOP_LENGTH);
  for (const [at, { start }] of active.entries()) {
    for (let i = 0; i < HOP_LENGTH; i++) magnitudes[at * HOP_LENGTH + i] = Math.abs(samples[start + i] ?? 0);
  }
  magnitudes.sort();
  const peak = quantile(magnitudes, 0.999);
  const loud = quantile(magnitudes, 0.9);
  return loud > 0 ? 20 * Math.log10(peak / loud) : MOST_PEAK_RATIO_DB;
}

function rangeDb(frames: readonly Frame[]): number {
  const ranges = Array.from({ length: BANDS }, (_, band) => {
    const levels = Float64Array.from(frames, ({ powers }) => decibels(powers[band]!)).sort();
    return quantile(levels, 0.95) - quantile(levels, 0.1);
  });
  return meanOf(ranges);
}

const decibels = (power: number): number => 10 * Math.log10(power + POWER_FLOOR);

const quantile = (sorted: Float32Array | Float64Array, share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0;

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
