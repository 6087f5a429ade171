import type { Transaction, VoiceEntity } from '#libs/database';
import { failJob, type ImportJob, type JobFailure } from '#libs/jobs';
import { removeObjects } from '#libs/retention';
import { markSplittingFailed } from '#libs/voices';

/**
 * Fails an import and unlocks its voice, which says why in `errors.splitting` and stays empty. Its archive is removed: the
 * client has it. The transaction must hold the rows of the voice and the job.
 */
export async function failImport(tx: Transaction, voice: VoiceEntity, job: ImportJob, why: JobFailure): Promise<void> {
  await failJob(tx, job, why);
  await removeObjects(tx, [job.params.archiveKey], 0);
  await markSplittingFailed(tx, voice, why.sentence);
}
