import type { Config } from '#libs/config';
import { AppError } from '#libs/errors';

type LimitConfig = Pick<Config, 'runpodContract' | 'embeddingBytesPerSecond' | 'maxEmbeddingBytes'>;

/** Models keep state beside the audio, so the embedding of a short sample may have this size, too. */
const smallestLimitBytes = 16 * 1024 ** 2;

/** For the header of a file, and for the frames that a model adds at the end of a sample. */
const reserveBytes = 1024 ** 2;

/** Returns the maximum size of the embedding of a sample of this length. */
export function embeddingLimitBytes(
  durationSeconds: number,
  { embeddingBytesPerSecond }: Pick<Config, 'embeddingBytesPerSecond'>,
): number {
  return Math.max(smallestLimitBytes, Math.ceil(durationSeconds * embeddingBytesPerSecond) + reserveBytes);
}

/**
 * Refuses a voice whose embeddings could be larger than MAX_EMBEDDING_BYTES. Contract version 1 has a limit of its own:
 * that of its ZIP.
 *
 * @param sampleSeconds length of all samples
 * @throws AppError `too_much_to_embed`
 */
export function refuseTooMuchToEmbed(sampleSeconds: number, config: LimitConfig): void {
  const mostSeconds = config.maxEmbeddingBytes / config.embeddingBytesPerSecond;
  if (config.runpodContract === '1' || sampleSeconds <= mostSeconds) return;
  const [has, most] = [Math.ceil(sampleSeconds), Math.floor(mostSeconds)];
  throw AppError.saying('too_much_to_embed', `Voice has ${has} s of samples; at most ${most} s can be embedded`);
}
