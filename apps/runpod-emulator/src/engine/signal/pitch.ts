/** Range of speaking voices (Titze, Principles of Voice Production: about 60–400 Hz). */
const minHz = 60;
const maxHz = 400;
const frameSeconds = 0.04;
const hopSeconds = 0.03;
/** A frame is voiced if its correlation with the next period is at least this (1 is perfect). */
const voicedCorrelation = 0.6;
/** A period is preferred to its multiples if its correlation is at least this part of the best. */
const octaveTolerance = 0.9;
/** A frame with a smaller mean square (−60 dBFS) is silent. */
const silentMeanSquare = 1e-6;

/**
 * Returns the median fundamental frequency of the voiced frames, by normalised autocorrelation.
 *
 * @param samples mono PCM in [-1, 1]
 * @returns hertz in [60, 400]; null if no frame is voiced (silence, noise, whispering)
 */
export function medianPitchHz(samples: Float32Array, sampleRate: number): number | null {
  const frameLength = Math.round(frameSeconds * sampleRate);
  const hop = Math.round(hopSeconds * sampleRate);
  const longestLag = Math.ceil(sampleRate / minHz);
  const pitches: number[] = [];
  for (let start = 0; start + frameLength + longestLag <= samples.length; start += hop) {
    const pitch = framePitchHz(samples.subarray(start, start + frameLength + longestLag), frameLength, sampleRate);
    if (pitch !== null) pitches.push(pitch);
  }
  if (pitches.length === 0) return null;
  pitches.sort((a, b) => a - b);
  return pitches[pitches.length >> 1]!;
}

/** Returns the pitch of one frame. As many samples as the longest lag follow it. */
function framePitchHz(window: Float32Array, frameLength: number, sampleRate: number): number | null {
  const energy = windowEnergy(window, 0, frameLength);
  if (energy / frameLength < silentMeanSquare) return null;
  const shortestLag = Math.floor(sampleRate / maxHz);
  const correlations = new Float64Array(window.length - frameLength + 1);
  let shifted = windowEnergy(window, shortestLag, frameLength);
  let best = 0;
  for (let lag = shortestLag; lag < correlations.length; lag++) {
    const value = crossProduct(window, lag, frameLength) / Math.sqrt(energy * shifted + Number.EPSILON);
    correlations[lag] = value;
    best = Math.max(best, value);
    shifted += (window[lag + frameLength] ?? 0) ** 2 - window[lag]! ** 2;
  }
  if (best < voicedCorrelation) return null;
  const lag = firstPeak(correlations, shortestLag, best * octaveTolerance);
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

/** Returns the shortest lag with a local maximum of at least `min`. */
function firstPeak(correlations: Float64Array, shortestLag: number, min: number): number | null {
  for (let lag = shortestLag + 1; lag < correlations.length - 1; lag++) {
    const value = correlations[lag]!;
    if (value >= min && value >= correlations[lag - 1]! && value >= correlations[lag + 1]!) return lag;
  }
  return null;
}

/** Returns the offset of the peak between the samples: the vertex of the parabola through it and its neighbours. */
function peakOffset(correlations: Float64Array, lag: number): number {
  const [before, at, after] = [correlations[lag - 1]!, correlations[lag]!, correlations[lag + 1]!];
  const curvature = before - 2 * at + after;
  return curvature === 0 ? 0 : (before - after) / (2 * curvature);
}
