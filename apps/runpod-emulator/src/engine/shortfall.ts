import type { Channel } from './channel.js';

/** A sample as it is compared with the others of its voice. */
export interface Compared {
  readonly channel: Channel;
  /** Median Bhattacharyya distance to the others. */
  readonly distance: number;
}

/** Samples farther from the others than the typical one by this factor may be of another speaker: no yardstick. */
const MEMBER_FACTOR = 1.4;
/** Of this share of the samples the best is the yardstick: in a large voice one odd sample is none. */
const YARDSTICK_SHARE = 0.9;
/** What clean stretches of one recording differ by, depending on what is said, in dB. */
const BAND_TOLERANCE_DB = 8;
const PEAK_TOLERANCE_DB = 0.8;
const RANGE_TOLERANCE_DB = 4;
/** Peaks differ by fewer dB than levels do. */
const PEAK_WEIGHT = 3;

/**
 * By how many dB each sample is recorded worse than the best samples of its voice: clipped, noisy, without bass or treble.
 * 0 for all that is within what clean stretches of one recording differ by.
 *
 * A voice is its own yardstick, so one that was recorded over the telephone throughout falls short of nothing.
 *
 * Tried on five voices, pieces of 8 and 15 s in opus, with clean samples in the majority or one against one: telephone band,
 * narrow codec, clipping and white noise at 20 dB scored below all clean samples in 98–100 % of voices. A treble or bass cut
 * alone (12 dB an octave) did in 49–100 %. Reverberation is not measured. One clean sample among four over the telephone was
 * preferred in 91–97 %; where most samples are noisy or hard clipped, a clean one looks like a stranger.
 *
 * @param samples those of one voice, at least one
 */
export function shortfalls(samples: readonly Compared[]): readonly number[] {
  const typical = quantileOf(samples, ({ distance }) => distance, 0.5);
  const members = samples.filter(({ distance }) => distance <= typical * MEMBER_FACTOR);
  const peak = best(members, ({ peakRatioDb }) => peakRatioDb);
  const range = best(members, ({ rangeDb }) => rangeDb);
  const damage = ({ channel }: Compared): number =>
    PEAK_WEIGHT * Math.max(0, peak - channel.peakRatioDb - PEAK_TOLERANCE_DB) +
    Math.max(0, range - channel.rangeDb - RANGE_TOLERANCE_DB);
  // Clipping and noise add bass and treble: a damaged sample is no yardstick of those.
  const sound = members.filter((member) => damage(member) === 0);
  const bass = best(sound, ({ bassDb }) => bassDb);
  const treble = best(sound, ({ trebleDb }) => trebleDb);
  return samples.map((sample) => {
    const { bassDb, trebleDb } = sample.channel;
    const missing = Math.max(0, bass - bassDb) + Math.max(0, treble - trebleDb);
    return damage(sample) + Math.max(0, missing - BAND_TOLERANCE_DB);
  });
}

/** -Infinity when there are none: nothing falls short of it. */
function best(samples: readonly Compared[], measure: (channel: Channel) => number): number {
  return quantileOf(samples, ({ channel }) => measure(channel), YARDSTICK_SHARE);
}

/** The value that this share of the samples does not exceed (nearest rank). */
function quantileOf(samples: readonly Compared[], measure: (sample: Compared) => number, share: number): number {
  const sorted = samples.map(measure).sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? -Infinity;
}
