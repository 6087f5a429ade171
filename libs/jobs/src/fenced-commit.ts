import { lockVoice, type Database, type Transaction, type VoiceEntity } from '#libs/database';
import { LostClaim, type ClaimedJob } from './job-claim.js';
import type { JobsRepository } from './jobs.repository.js';

/**
 * Makes a step's results visible, once: one transaction that holds the voice's row and goes through only while the claim
 * still owns the job. A late loser changes nothing.
 *
 * @throws LostClaim when the job was taken over, ended, or its voice is gone
 */
export function commitFenced<T>(
  database: Database,
  jobs: JobsRepository,
  job: ClaimedJob,
  write: (tx: Transaction, voice: VoiceEntity) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    const voice = await lockVoice(tx, job.voiceId);
    if (voice === null || !(await jobs.lockOwned(tx, job))) throw new LostClaim(job.id, job.generation);
    return write(tx, voice);
  });
}
