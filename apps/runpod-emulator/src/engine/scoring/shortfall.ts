import type { Channel } from './channel.js';

/** A sample, compared with the others of its voice. */
export interface Compared {
  readonly channel: Channel;
  /** Median Bhattacharyya distance to the others. */
  readonly distance: number;
}

/** Samples this many times farther from the others than the median may be of another speaker, so they are no reference. */
const memberFactor = 1.4;
/** The reference is this quantile of the samples, so that one unusual sample of a large voice does not set it. */
const referenceShare = 0.9;
/** How much clean stretches of one recording differ, depending on what is said, in dB. */
const bandToleranceDb = 8;
const peakToleranceDb = 0.8;
const rangeToleranceDb = 4;
/** Peaks differ by fewer dB than levels. */
const peakWeight = 3;

/**
 * Returns by how many dB each sample is recorded worse than the best samples of its voice: clipped, noisy, without bass
 * or treble. Differences that clean stretches of one recording have count as 0.
 *
 * Each voice is its own reference, so a voice that was recorded completely over the telephone has no shortfall.
 *
 * Measured on five voices with Opus samples of 8 and 15 s, where at least half of the samples were clean: telephone band,
 * narrow codec, clipping and white noise at 20 dB scored below all clean samples in 98–100 % of voices, and a treble or
 * bass cut alone (12 dB per octave) in 49–100 %. Reverberation is not measured. One clean sample among four over the
 * telephone was preferred in 91–97 %. If most samples are noisy or heavily clipped, a clean one looks like another
 * speaker.
 *
 * @param samples of one voice, at least one
 */
export function shortfalls(samples: readonly Compared[]): readonly number[] {
  const typical = quantileOf(samples, ({ distance }) => distance, 0.5);
  const members = samples.filter(({ distance }) => distance <= typical * memberFactor);
  const peak = best(members, ({ peakRatioDb }) => peakRatioDb);
  const range = best(members, ({ rangeDb }) => rangeDb);
  const damage = ({ channel }: Compared): number =>
    peakWeight * Math.max(0, peak - channel.peakRatioDb - peakToleranceDb) +
    Math.max(0, range - channel.rangeDb - rangeToleranceDb);
  // Clipping and noise add bass and treble, so a damaged sample is no reference for those.
  const sound = members.filter((member) => damage(member) === 0);
  const bass = best(sound, ({ bassDb }) => bassDb);
  const treble = best(sound, ({ trebleDb }) => trebleDb);
  return samples.map((sample) => {
    const { bassDb, trebleDb } = sample.channel;
    const missing = Math.max(0, bass - bassDb) + Math.max(0, treble - trebleDb);
    return damage(sample) + Math.max(0, missing - bandToleranceDb);
  });
}

/** Returns -Infinity for no samples, so that nothing has a shortfall. */
function best(samples: readonly Compared[], measure: (channel: Channel) => number): number {
  return quantileOf(samples, ({ channel }) => measure(channel), referenceShare);
}

/** Returns the quantile (nearest rank). */
function quantileOf(samples: readonly Compared[], measure: (sample: Compared) => number, share: number): number {
  const sorted = samples.map(measure).sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? -Infinity;
}
