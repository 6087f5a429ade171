import { isAppError } from '#libs/errors';
import { listenCommand, type DecodePlan, type Listening } from './ffmpeg-command.js';
import { ChannelLevels } from './channel-levels.js';
import { startFfmpeg, type RunOptions } from './run-ffmpeg.js';

/** What is listened to: a track, in its own rate and channels. */
export interface HeardTrack {
  readonly plan: DecodePlan;
  readonly channels: number;
  readonly sampleRate: number;
}

export interface ListenOptions {
  readonly stretches: readonly [Listening, ...Listening[]];
  /** Stop as soon as something is heard. */
  readonly untilHeard?: boolean;
}

/**
 * Decodes stretches of a recording and measures them.
 *
 * What cannot be decoded is measured as far as it can be: a damaged start is judged by what it gives.
 *
 * @throws the signal's reason when it aborts; AppError `unavailable` when ffmpeg was killed from outside; Error when it
 *   cannot be started
 */
export async function listen(
  inputPath: string,
  { plan, channels, sampleRate }: HeardTrack,
  { stretches, untilHeard = false }: ListenOptions,
  run: RunOptions,
): Promise<ChannelLevels> {
  const levels = new ChannelLevels(channels, sampleRate);
  try {
    const decoding = await startFfmpeg(listenCommand(inputPath, plan, stretches), run);
    for await (const chunk of decoding.output) {
      levels.push(chunk);
      if (untilHeard && levels.isHeard) break;
    }
  } catch (error) {
    if (!isAppError(error) || error.retryable) throw error;
  }
  return levels;
}

/** Up to this length a recording of several channels is listened to as a whole. */
const wholeSeconds = 60;

/** Looks into a longer one, a second each. One ffmpeg takes about 0.1 s for all of them. */
const looks = 24;

/** Enough of a recording to tell how its channels relate. */
export function stretchesOf(durationSeconds: number | null): ListenOptions['stretches'] {
  if (durationSeconds === null || durationSeconds <= wholeSeconds) return [{ fromSeconds: 0, seconds: wholeSeconds }];
  const step = (durationSeconds - 1) / looks;
  const later = Array.from({ length: looks - 1 }, (_, at) => ({ fromSeconds: (at + 1) * step, seconds: 1 }));
  return [{ fromSeconds: 0, seconds: 1 }, ...later];
}
