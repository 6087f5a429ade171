import { lockVoice, type JobKind, type Transaction, type VoiceEntity } from '#libs/database';
import type { JobOf } from '../job.js';
import { lockActiveJob } from '../rows/find.js';

/** Which active job of a voice is meant. */
export interface ActiveJobRef<K extends JobKind = JobKind> {
  readonly voiceId: string;
  readonly kind: K;
  /** Only this job. */
  readonly jobId?: string;
  /** Only while nobody has claimed it since: for a decision that was based on an earlier read. */
  readonly generation?: number;
}

/**
 * Ends an active job from outside, owned or not, under the locks of its voice and its row. Its owner then finds its claim
 * lost.
 *
 * @returns false when there is no such job
 */
export async function endActive<K extends JobKind>(
  tx: Transaction,
  { voiceId, kind, jobId, generation }: ActiveJobRef<K>,
  end: (voice: VoiceEntity, job: JobOf<K>) => Promise<void>,
): Promise<boolean> {
  const voice = await lockVoice(tx, voiceId);
  const job = voice && (await lockActiveJob(tx, voiceId, kind, jobId ?? null));
  if (!voice || !job) return false;
  if (generation !== undefined && job.generation !== generation) return false;
  await end(voice, job);
  return true;
}
