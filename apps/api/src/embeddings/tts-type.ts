import { AppError } from '#libs/errors';
import { isTtsType } from '#libs/embeddings';

/** What reads and deletes look at when nobody says otherwise. */
export const defaultTtsType = 'kyutai';

/**
 * The tts type whose results a request is about: any word of the right form, configured or not.
 *
 * @throws AppError `invalid_parameter`
 */
export function readTtsType(text: string | undefined): string {
  const ttsType = text ?? defaultTtsType;
  if (isTtsType(ttsType)) return ttsType;
  throw AppError.field('tts_type', 'tts_type must be 1 to 64 characters a-z, 0-9, _ and -');
}
