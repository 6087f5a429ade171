import { bhattacharyyaDistance } from './bhattacharyya.js';
import { cepstralBasis, cepstrum } from './cepstrum.js';
import { channelOf, type Channel } from './channel.js';
import { ENGINE_SAMPLE_RATE, LOUDNESS_RANGE_DB } from './engine-audio.js';
import { fitGaussian, type Gaussian } from './gaussian.js';
import { halfRate } from './half-rate.js';
import { bandEnergy, melBands } from './mel.js';
import { PowerSpectrum } from './power-spectrum.js';

/** Voices are compared in the telephone band alone, so that the same speaker sounds alike over any channel. */
const VOICE_SAMPLE_RATE = ENGINE_SAMPLE_RATE / 2;

const FRAME_LENGTH = 0.025 * VOICE_SAMPLE_RATE;
const HOP_LENGTH = 0.01 * VOICE_SAMPLE_RATE;
const FFT_SIZE = 256;
export const COEFFICIENTS = 15;
/** A sample whose loudest frame is below this is silent: nothing in it belongs to a voice. */
const SILENCE_DBFS = -60;
/** Added to the variances, so that a steady tone or very few frames have an invertible covariance too. */
const VARIANCE_FLOOR = 0.05;
/** Keeps the logarithm finite on digital silence; far below any audible band. */
const ENERGY_FLOOR = 1e-10;

const spectrum = new PowerSpectrum(FFT_SIZE);
const bands = melBands({ bands: 24, lowHz: 300, highHz: 3400, fftSize: FFT_SIZE, sampleRate: VOICE_SAMPLE_RATE });
const basis = cepstralBasis(COEFFICIENTS, bands.length);
const hamming = Float64Array.from(
  { length: FRAME_LENGTH },
  (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (FRAME_LENGTH - 1)),
);

/** How a stretch of audio sounds, wherever in it and whatever is said: the speaker embedding. */
export interface Voiceprint {
  readonly gaussian: Gaussian;
  /** False for silence: then the Gaussian is only a placeholder and the sample has no voice to compare. */
  readonly audible: boolean;
  /** Bhattacharyya distance between its first and its second half: how steady the voice is. */
  readonly halvesDistance: number;
  /** How it was recorded. */
  readonly channel: Channel;
}

/**
 * The voiceprint of a piece of audio: a Gaussian of the cepstra (c1–c15 of 24 mel bands, 300–3400 Hz) of its 25 ms
 * frames, every 10 ms, that are within 30 dB of the loudest.
 *
 * Tried on five voices: with the Bhattacharyya distance a 5 s piece in opus is nearer to its own speaker than to
 * another in 98 % of draws.
 *
 * @param samples mono PCM at {@link ENGINE_SAMPLE_RATE}, in [-1, 1], any length
 */
export function voiceprint(samples: Float32Array): Voiceprint {
  return { ...voiceOf(halfRate(samples)), channel: channelOf(samples) };
}

function voiceOf(samples: Float32Array): Omit<Voiceprint, 'channel'> {
  const frames = frameLevels(samples);
  const loudest = frames.reduce((most, level) => Math.max(most, level), -Infinity);
  const audible = loudest > SILENCE_DBFS;
  const cepstra = [...frames.keys()]
    .filter((index) => frames[index]! > loudest - LOUDNESS_RANGE_DB)
    .map((index) => frameCepstrum(samples, index * HOP_LENGTH));
  const vectors = audible && cepstra.length > 0 ? cepstra : [new Float64Array(COEFFICIENTS)];
  return { gaussian: fitGaussian(vectors, VARIANCE_FLOOR), audible, halvesDistance: halvesDistance(vectors) };
}

function halvesDistance(vectors: readonly Float64Array[]): number {
  if (vectors.length < 2) return 0;
  const middle = vectors.length >> 1;
  const [first, second] = [vectors.slice(0, middle), vectors.slice(middle)];
  return bhattacharyyaDistance(fitGaussian(first, VARIANCE_FLOOR), fitGaussian(second, VARIANCE_FLOOR));
}

/** Level of each frame in dBFS. A piece shorter than a frame is one frame. */
function frameLevels(samples: Float32Array): Float64Array {
  const count = Math.max(1, Math.floor((samples.length - FRAME_LENGTH) / HOP_LENGTH) + 1);
  return Float64Array.from({ length: count }, (_, frame) => {
    let sum = 0;
    for (let i = 0; i < FRAME_LENGTH; i++) sum += (samples[frame * HOP_LENGTH + i] ?? 0) ** 2;
    return 10 * Math.log10(sum / FRAME_LENGTH + ENERGY_FLOOR);
  });
}

function frameCepstrum(samples: Float32Array, start: number): Float64Array {
  const windowed = hamming.map((weight, i) => weight * (samples[start + i] ?? 0));
  const power = spectrum.of(windowed);
  const logEnergies = Float64Array.from(bands, (band) => Math.log(bandEnergy(band, power) + ENERGY_FLOOR));
  return cepstrum(basis, logEnergies);
}
