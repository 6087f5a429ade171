import type { Config } from '#libs/config';
import { originalKey, type ObjectStorage } from '#libs/storage';

/** A key of the form that all have. Nothing is stored there. */
const noId = '00000000-0000-4000-8000-000000000000';
const anyKey = originalKey({ voiceId: noId, jobId: noId, generation: 1 });

/**
 * Returns the origins that the API sends browsers to for audio: with DOWNLOADS=storage the bucket's, as its own signed URLs
 * have it, otherwise none. The first success is kept.
 */
export function bucketOrigins(
  { downloads }: Pick<Config, 'downloads'>,
  storage: Pick<ObjectStorage, 'signGet'>,
): () => Promise<readonly string[]> {
  let known: readonly string[] | undefined = downloads === 'storage' ? undefined : [];
  return async () => {
    known ??= [new URL(await storage.signGet(anyKey, { expiresInSeconds: 1 })).origin];
    return known;
  };
}
