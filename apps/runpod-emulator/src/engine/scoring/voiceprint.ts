import { bhattacharyyaDistance } from './bhattacharyya.js';
import { cepstralBasis, cepstrum } from '../signal/cepstrum.js';
import { channelOf, type Channel } from './channel.js';
import { engineSampleRate, loudnessRangeDb } from '../engine-audio.js';
import { fitGaussian, type Gaussian } from './gaussian.js';
import { halfRate } from '../signal/half-rate.js';
import { bandEnergy, melBands } from '../signal/mel.js';
import { PowerSpectrum } from '../signal/power-spectrum.js';

/** Voices are compared in the telephone band only, so that a speaker sounds the same over any channel. */
const voiceSampleRate = engineSampleRate / 2;

const frameLength = 0.025 * voiceSampleRate;
const hopLength = 0.01 * voiceSampleRate;
const fftSize = 256;
export const coefficientCount = 15;
/** A sample whose loudest frame is below this is silent. */
const silenceDbfs = -60;
/** Added to the variances, so that even a steady tone or very few frames have an invertible covariance. */
const varianceFloor = 0.05;
/** Keeps the logarithm finite on digital silence. Far below any audible band. */
const energyFloor = 1e-10;
/** A shorter part of a voice says more about its words than about who speaks. */
const minPartSeconds = 4;
/** Frames of a part that must be loud enough for it to be compared: a second. */
const minPartFrames = 100;

const spectrum = new PowerSpectrum(fftSize);
const bands = melBands({ bands: 24, lowHz: 300, highHz: 3400, fftSize: fftSize, sampleRate: voiceSampleRate });
const basis = cepstralBasis(coefficientCount, bands.length);
const hamming = Float64Array.from(
  { length: frameLength },
  (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (frameLength - 1)),
);

/** The speaker embedding: how a voice sounds, independent of what it says and of the position in the audio. */
export interface Voiceprint {
  readonly gaussian: Gaussian;
  /** False for silence, whose Gaussian is only a placeholder. */
  readonly audible: boolean;
  /** Bhattacharyya distance between the first and the second half: how steady the voice is. */
  readonly halvesDistance: number;
  /** The same of equal parts of 4 to 8 s, where somebody speaks; none if the audio is shorter than two. */
  readonly parts: readonly Gaussian[];
  /** Quality of the recording. */
  readonly channel: Channel;
}

/**
 * Computes the voiceprint of a piece of audio: a Gaussian of the cepstra (c1–c15 of 24 mel bands, 300–3400 Hz) of its
 * 25 ms frames, every 10 ms, that are within 30 dB of the loudest.
 *
 * Measured on five voices: by Bhattacharyya distance, a 5 s piece in Opus is closer to its own speaker than to another in
 * 98 % of draws.
 *
 * @param samples mono PCM at {@link engineSampleRate}, in [-1, 1], any length
 */
export function voiceprint(samples: Float32Array): Voiceprint {
  return { ...voiceOf(halfRate(samples)), channel: channelOf(samples) };
}

function voiceOf(samples: Float32Array): Omit<Voiceprint, 'channel'> {
  const frames = frameLevels(samples);
  const loudest = frames.reduce((most, level) => Math.max(most, level), -Infinity);
  const audible = loudest > silenceDbfs;
  const loud = [...frames.keys()].filter((index) => frames[index]! > loudest - loudnessRangeDb);
  const cepstra = loud.map((index) => frameCepstrum(samples, index * hopLength));
  const vectors = audible && cepstra.length > 0 ? cepstra : [new Float64Array(coefficientCount)];
  return {
    gaussian: fitGaussian(vectors, varianceFloor),
    audible,
    halvesDistance: halvesDistance(vectors),
    parts: audible ? partsOf(samples.length / voiceSampleRate, loud, cepstra) : [],
  };
}

/** @param loud indexes of the frames that the cepstra are of */
function partsOf(seconds: number, loud: readonly number[], cepstra: readonly Float64Array[]): readonly Gaussian[] {
  const count = Math.floor(seconds / minPartSeconds);
  if (count < 2) return [];
  const framesOfPart = (seconds * voiceSampleRate) / hopLength / count;
  const grouped = Array.from({ length: count }, (): Float64Array[] => []);
  for (const [at, index] of loud.entries()) grouped[Math.floor(index / framesOfPart)]!.push(cepstra[at]!);
  return grouped
    .filter((vectors) => vectors.length >= minPartFrames)
    .map((vectors) => fitGaussian(vectors, varianceFloor));
}

function halvesDistance(vectors: readonly Float64Array[]): number {
  if (vectors.length < 2) return 0;
  const middle = vectors.length >> 1;
  const [first, second] = [vectors.slice(0, middle), vectors.slice(middle)];
  return bhattacharyyaDistance(fitGaussian(first, varianceFloor), fitGaussian(second, varianceFloor));
}

/** Returns the level of each frame in dBFS. A piece shorter than a frame is one frame. */
function frameLevels(samples: Float32Array): Float64Array {
  const count = Math.max(1, Math.floor((samples.length - frameLength) / hopLength) + 1);
  return Float64Array.from({ length: count }, (_, frame) => {
    let sum = 0;
    for (let i = 0; i < frameLength; i++) sum += (samples[frame * hopLength + i] ?? 0) ** 2;
    return 10 * Math.log10(sum / frameLength + energyFloor);
  });
}

function frameCepstrum(samples: Float32Array, start: number): Float64Array {
  const windowed = hamming.map((weight, i) => weight * (samples[start + i] ?? 0));
  const power = spectrum.of(windowed);
  const logEnergies = Float64Array.from(bands, (band) => Math.log(bandEnergy(band, power) + energyFloor));
  return cepstrum(basis, logEnergies);
}
