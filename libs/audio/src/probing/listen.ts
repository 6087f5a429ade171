import { isAppError } from '#libs/errors';
import { listenCommand, type DecodePlan, type Listening } from '../ffmpeg/ffmpeg-command.js';
import { ChannelLevels } from './channel-levels.js';
import { isOutOfMemory } from '../ffmpeg/exit-failure.js';
import { startFfmpeg, type RunOptions } from '../ffmpeg/run-ffmpeg.js';

/** A track to listen to, in its own rate and channels. */
export interface HeardTrack {
  readonly plan: DecodePlan;
  readonly channels: number;
  readonly sampleRate: number;
}

export interface ListenOptions {
  readonly stretches: readonly [Listening, ...Listening[]];
  /** Stops as soon as something is heard. */
  readonly untilHeard?: boolean;
}

/**
 * Maximum hours of recording that one ffmpeg has open. It opens the file once per stretch, and each time the index takes
 * about 5 MB per hour of MP4.
 */
const openedHours = 24;

/**
 * Decodes stretches of a recording and measures them, as far as they can be decoded.
 *
 * @throws the signal's reason if it aborts; AppError `unavailable` if ffmpeg was killed from outside; Error if it cannot
 *   be started
 */
export async function listen(
  inputPath: string,
  { plan, channels, sampleRate }: HeardTrack,
  { stretches, untilHeard = false }: ListenOptions,
  run: RunOptions,
): Promise<ChannelLevels> {
  const levels = new ChannelLevels(channels, sampleRate);
  const atOnce = Math.floor((openedHours * 3600) / Math.max(1, ...stretches.map(({ fromSeconds }) => fromSeconds)));
  await decode(stretches);
  return levels;

  /** Decodes with one ffmpeg, or if that takes too much memory, with one for each half. */
  async function decode(part: ListenOptions['stretches']): Promise<void> {
    if (part.length > 1 && part.length > atOnce) return decodeHalves(part);
    const heardBefore = levels.seconds;
    try {
      const decoding = await startFfmpeg(listenCommand(inputPath, plan, part), run);
      for await (const chunk of decoding.output) {
        levels.push(chunk);
        if (untilHeard && levels.isHeard) break;
      }
    } catch (error) {
      if (!isAppError(error) || error.retryable) throw error;
      if (isOutOfMemory(error) && levels.seconds === heardBefore) await decodeHalves(part);
    }
  }

  async function decodeHalves(part: ListenOptions['stretches']): Promise<void> {
    for (const half of halvesOf(part)) await decode(half);
  }
}

/** @returns an empty list for a single stretch */
function halvesOf(stretches: ListenOptions['stretches']): ListenOptions['stretches'][] {
  const middle = Math.ceil(stretches.length / 2);
  const [first, ...others] = stretches.slice(middle);
  return first === undefined
    ? []
    : [
        [stretches[0], ...stretches.slice(1, middle)],
        [first, ...others],
      ];
}

/** Recordings of several channels up to this length are decoded completely. */
const wholeSeconds = 60;

/** Number of stretches, of a second each, in a longer one. One ffmpeg takes about 0.1 s for all of them. */
const stretchCount = 24;

/** Chooses enough of a recording to find out how its channels relate. */
export function stretchesOf(durationSeconds: number | null): ListenOptions['stretches'] {
  if (durationSeconds === null || durationSeconds <= wholeSeconds) return [{ fromSeconds: 0, seconds: wholeSeconds }];
  const step = (durationSeconds - 1) / stretchCount;
  const later = Array.from({ length: stretchCount - 1 }, (_, at) => ({ fromSeconds: (at + 1) * step, seconds: 1 }));
  return [{ fromSeconds: 0, seconds: 1 }, ...later];
}
