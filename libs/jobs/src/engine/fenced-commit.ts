import { lockVoice, type Database, type Transaction, type VoiceEntity } from '#libs/database';
import { LostClaim, type Job } from '../job.js';
import { lockOwnedJob } from '../rows/find.js';

/**
 * Makes a step's results visible: one transaction that locks the voice's row and goes through only while the claim still
 * owns the job. A worker that lost its claim changes nothing.
 *
 * @throws LostClaim when the job was taken over, has ended, or its voice is gone
 */
export function commitFenced<T>(
  database: Database,
  job: Job,
  write: (tx: Transaction, voice: VoiceEntity) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    const voice = await lockVoice(tx, job.voiceId);
    if (voice === null || !(await lockOwnedJob(tx, job))) throw new LostClaim(job);
    return write(tx, voice);
  });
}
