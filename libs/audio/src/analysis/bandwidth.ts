import { LevelHistogram } from './histogram.js';
import type { FrameRange } from './pauses.js';
import { bandCount, bandEdgesHz, decibelsOf, spectrumFrames, type AnalysisTrack } from './track.js';

/** A band is as loud as its loudest fifth. Its loudest twentieth would depend on how many s and sh are said. */
const loudShare = 0.2;

/** Bands from 3 to 4 kHz, which even a telephone transmits (ITU-T G.712). The others are compared with them. */
const referenceBands = 2;

/**
 * A band that is this much quieter than the reference carries no speech. Measured: the loudest band above 7 kHz of clean
 * speech is at most 23 dB below the reference, and behind steep low-passes at 3.4 kHz at least 35 dB (docs/quality.md).
 */
const missingDb = 25;

/** Returns the highest frequency that speech reaches, in Hz; at least 4,000. @param speech where somebody speaks */
export function bandwidthOf(track: AnalysisTrack, speech: readonly FrameRange[]): number {
  const level = (band: number): number => loudLevel(track.spectrum, band, speech);
  const reference = Math.max(...Array.from({ length: referenceBands }, (_, band) => level(band)));
  let highest = bandCount - 1;
  while (highest >= referenceBands && level(highest) < reference - missingDb) highest -= 1;
  return bandEdgesHz[highest + 1] ?? 0;
}

const histogram = new LevelHistogram();

/** Returns the level of a band in dBFS, over the spectra of these frames. */
function loudLevel(spectrum: Uint8Array, band: number, ranges: readonly FrameRange[]): number {
  histogram.clear();
  for (const [from, to] of ranges) {
    for (let at = Math.ceil(from / spectrumFrames); at * spectrumFrames < to; at += 1) {
      histogram.add(spectrum[at * bandCount + band] ?? 255);
    }
  }
  return decibelsOf(histogram.exceededBy(loudShare));
}
