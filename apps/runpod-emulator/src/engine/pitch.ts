/** Speaking voices lie between these (Titze, Principles of Voice Production: about 60–400 Hz). */
const LOWEST_HZ = 60;
const HIGHEST_HZ = 400;
const FRAME_SECONDS = 0.04;
const HOP_SECONDS = 0.03;
/** A frame is voiced when it repeats itself at least this well (1 is perfectly). */
const VOICED_CORRELATION = 0.6;
/** A shorter period is preferred to its multiples unless those fit better by more than this. */
const OCTAVE_TOLERANCE = 0.9;
/** Below this mean square (−60 dBFS) a frame is silence. */
const SILENT_MEAN_SQUARE = 1e-6;

/**
 * Median fundamental frequency of the voiced frames, by normalised autocorrelation.
 *
 * @param samples mono PCM in [-1, 1]
 * @returns hertz in [60, 400], or `null` when no frame is voiced (silence, noise, whispering)
 */
export function medianPitchHz(samples: Float32Array, sampleRate: number): number | null {
  const frameLength = Math.round(FRAME_SECONDS * sampleRate);
  const hop = Math.round(HOP_SECONDS * sampleRate);
  const longestLag = Math.ceil(sampleRate / LOWEST_HZ);
  const pitches: number[] = [];
  for (let start = 0; start + frameLength + longestLag <= samples.length; start += hop) {
    const pitch = framePitchHz(samples.subarray(start, start + frameLength + longestLag), frameLength, sampleRate);
    if (pitch !== null) pitches.push(pitch);
  }
  if (pitches.length === 0) return null;
  pitches.sort((a, b) => a - b);
  return pitches[pitches.length >> 1]!;
}

/** Pitch of one frame, which is followed by as many samples as the longest lag. */
function framePitchHz(window: Float32Array, frameLength: number, sampleRate: number): number | null {
  const energy = windowEnergy(window, 0, frameLength);
  if (energy / frameLength < SILENT_MEAN_SQUARE) return null;
  const shortestLag = Math.floor(sampleRate / HIGHEST_HZ);
  const correlations = new Float64Array(window.length - frameLength + 1);
  let shifted = windowEnergy(window, shortestLag, frameLength);
  let best = 0;
  for (let lag = shortestLag; lag < correlations.length; lag++) {
    const value = crossProduct(window, lag, frameLength) / Math.sqrt(energy * shifted + Number.EPSILON);
    correlations[lag] = value;
    best = Math.max(best, value);
    shifted += (window[lag + frameLength] ?? 0) ** 2 - window[lag]! ** 2;
  }
  if (best < VOICED_CORRELATION) return null;
  const lag = firstPeak(correlations, shortestLag, best * OCTAVE_TOLERANCE);
  return lag === null ? null : sampleRate / (lag + peakOffset(correlations, lag));
}

function windowEnergy(window: Float32Array, start: number, length: number): number {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += window[i]! ** 2;
  return sum;
}

function crossProduct(window: Float32Array, lag: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += window[i]! * window[i + lag]!;
  return sum;
}

/** The shortest lag with a local maximum of at least `least`. */
function firstPeak(correlations: Float64Array, shortestLag: number, least: number): number | null {
  for (let lag = shortestLag + 1; lag < correlations.length - 1; lag++) {
    const value = correlations[lag]!;
    if (value >= least && value >= correlations[lag - 1]! && value >= correlations[lag + 1]!) return lag;
  }
  return null;
}

/** Where between the samples the peak lies: the vertex of the parabola through it and its neighbours. */
function peakOffset(correlations: Float64Array, lag: number): number {
  const [before, at, after] = [correlations[lag - 1]!, correlations[lag]!, correlations[lag + 1]!];
  const curvature = before - 2 * at + after;
  return curvature === 0 ? 0 : (before - after) / (2 * curvature);
}
