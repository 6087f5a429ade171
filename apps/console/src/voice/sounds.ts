import { unwrap, type Schema, type Timbre } from '#libs/client';
import { atOrigin } from '../api/audio-urls.js';
import type { Sound } from '../player/player.js';
import { useSession } from '../session/session.js';
import { text } from '../texts/text.js';
import { startOf } from './samples/sample-order.js';
import type { SectionProps } from './section.js';

type Sample = Schema<'Sample'>;

const recordingId = (voiceId: string): string => `recording:${voiceId}`;

/** A split gives the same numbers to other stretches. What plays meanwhile must not be taken for one of them. */
const soundIdOf = (voiceId: string, { index, duration, ...place }: Sample): string =>
  ['sample', voiceId, index, startOf(place) ?? 'uploaded', duration].join(':');

/** What can be heard of a voice's recording and samples. */
export interface Sounds {
  /** undefined if the voice has no recording, or it was removed. */
  readonly recording: Sound | undefined;
  readonly soundOf: (sample: Sample) => Sound | undefined;
  /** Returns the sample that a sound is; undefined if it is something else, or a sample that is not there any more. */
  readonly sampleOf: (sound: Sound | undefined) => Sample | undefined;
  /** Returns the place in the recording that is heard with a sound at a time; undefined if it is in none. */
  readonly placeOf: (sound: Sound | undefined, time: number) => number | undefined;
}

/** Returns what can be heard of a voice, as sounds for the player that renew their URL when it has expired. */
export function useSounds({ partner, voice }: SectionProps): Sounds {
  const { timbre, connection } = useSession();
  const renewed = async (urlIn: (fresh: Schema<'VoiceDetails'>) => string | null | undefined) => {
    const url = urlIn(await detailsOf(timbre, partner, voice.id));
    return typeof url === 'string' ? atOrigin(url, connection.origin) : undefined;
  };
  const recording: Sound | undefined =
    typeof voice.original_url === 'string'
      ? {
          id: recordingId(voice.id),
          name: text('voice.soundOfRecording', { voice: voice.name }),
          url: voice.original_url,
          renew: () => renewed((fresh) => fresh.original_url),
        }
      : undefined;
  const sampleOf = (sound: Sound | undefined): Sample | undefined =>
    voice.samples.find((sample) => soundIdOf(voice.id, sample) === sound?.id);
  return {
    recording,
    sampleOf,
    soundOf: (sample) =>
      sample.url === undefined
        ? undefined
        : {
            id: soundIdOf(voice.id, sample),
            name: text('voice.soundOfSample', { voice: voice.name, index: sample.index }),
            url: sample.url,
            renew: () => renewed((fresh) => fresh.samples.find(({ index }) => index === sample.index)?.url),
          },
    placeOf: (sound, time) => {
      if (sound?.id === recordingId(voice.id)) return time;
      const sample = sampleOf(sound);
      const start = sample && startOf(sample);
      return start === undefined ? undefined : start + time;
    },
  };
}

const detailsOf = (timbre: Timbre, partner: string, voice: string): Promise<Schema<'VoiceDetails'>> =>
  unwrap(
    timbre.GET('/api/voices/{partner}/{voice}', { params: { path: { partner, voice }, query: { audio_urls: true } } }),
  );
