import type { AudioTools } from '#libs/audio';
import { planSplit, type SplitMode } from '#libs/audio';
import { TrackMeter } from '../../libs/audio/src/analysis/track-meter.js';
import { joined, promptsOf, rate, speakers, type Speaker } from '../support/joined-speech.js';
import { babble, changed, pinkNoise, randomNumbers, withNoise } from '../support/pcm.js';

const snrDb = 20;

/** The same person speaks English and Spanish: not another speaker. */
const isSamePerson = (one: Speaker, other: Speaker): boolean =>
  one === other || [one, other].every((speaker) => speaker === 'en' || speaker === 'es');

type Random = () => number;

/** What is done to a recording. It is judged as it was before. */
const conditions: Readonly<
  Record<string, (samples: Int16Array, others: readonly Int16Array[], random: Random) => Int16Array>
> = {
  clean: (samples) => samples,
  'pink noise, 20 dB SNR': (samples, _others, random) => withNoise(samples, pinkNoise(samples.length, random), snrDb),
  'babble, 20 dB SNR': (samples, others, random) => withNoise(samples, babble(others, samples.length, random), snrDb),
  'hum of 50 Hz at −20 dBFS, with DC': (samples) =>
    changed(samples, (sample, at) => 0.7 * sample + 3_000 + 4_634 * Math.sin((2 * Math.PI * 50 * at) / rate)),
  'second half 30 dB quieter': (samples) =>
    changed(samples, (sample, at) => (at < samples.length / 2 ? sample : sample / 31.6)),
};

/** How many cuts of a mode lie inside of speech, of how many. */
export interface CutPlaces {
  readonly condition: string;
  readonly mode: SplitMode;
  readonly cuts: number;
  readonly inSpeech: number;
  /** Windows that say so. */
  readonly cutInWord: number;
  /** Mean length of the windows, in seconds. */
  readonly meanSeconds: number;
  /** Share of the recordings that is in a window. */
  readonly kept: number;
}

/**
 * Splits prompts of five speakers, joined in several orders, in both modes with the default lengths, and judges each end of
 * a window that is not an end of the recording by where Silero hears speech in the clean recording.
 *
 * @param orders in how many orders the prompts of each speaker are joined, to have enough cuts
 */
export async function judgeCuts(tools: AudioTools, orders: number): Promise<readonly CutPlaces[]> {
  const prompts = new Map(
    await Promise.all(speakers.map(async (speaker) => [speaker, await promptsOf(tools, speaker)] as const)),
  );
  const recordings = speakers.flatMap((speaker) => {
    const otherSpeakers = speakers.filter((other) => !isSamePerson(speaker, other));
    const others = otherSpeakers.map((other) => joined(prompts.get(other) ?? []).samples);
    return Array.from({ length: orders }, (_, order) => {
      const random = randomNumbers(order);
      return { ...joined(shuffled(prompts.get(speaker) ?? [], random)), others, random };
    });
  });
  return Object.entries(conditions).flatMap(([condition, change]) => {
    const judged = recordings.map(({ samples, spoken, others, random }) => ({
      track: measured(change(samples, others, random)),
      spoken,
    }));
    return (['fixed', 'speech'] as const).map((mode) => placesOf(condition, mode, judged));
  });
}

interface JudgedTrack {
  readonly track: ReturnType<TrackMeter['end']>;
  readonly spoken: readonly (readonly [from: number, to: number])[];
}

function placesOf(condition: string, mode: SplitMode, recordings: readonly JudgedTrack[]): CutPlaces {
  let [cuts, inSpeech, cutInWord, count, kept, total] = [0, 0, 0, 0, 0, 0];
  for (const { track, spoken } of recordings) {
    const request = { mode, windowSeconds: 15, minSeconds: 5, maxSamples: Infinity, select: 'first' } as const;
    const { windows, droppedSamples } = planSplit(track, request);
    const ends = windows.flatMap(({ startSamples, durationSamples }) => [startSamples, startSamples + durationSamples]);
    const places = [...new Set(ends)].filter((place) => place > 0 && place < track.totalSamples).map((at) => at / 3);
    cuts += places.length;
    inSpeech += places.filter((place) => spoken.some(([from, to]) => place >= from && place < to)).length;
    cutInWord += windows.filter(({ isCutInWord }) => isCutInWord).length;
    count += windows.length;
    kept += track.totalSamples - droppedSamples;
    total += track.totalSamples;
  }
  return { condition, mode, cuts, inSpeech, cutInWord, meanSeconds: kept / count / 48_000, kept: kept / total };
}

function measured(samples: Int16Array): JudgedTrack['track'] {
  const meter = new TrackMeter();
  meter.push(samples);
  return meter.end(3 * samples.length);
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const shuffled = items.map((item) => ({ item, key: random() }));
  return shuffled.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
