import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { Database, type Transaction, type VoiceEntity } from '#libs/database';
import { failGpuJob } from '#libs/embeddings';
import { AppError, failures } from '#libs/errors';
import { endActive, failJob, findJob, type ActiveJobRef, type Job, type JobFailure } from '#libs/jobs';
import { failImport } from '#libs/transfer';
import { changeAnyVoice, markSplittingFailed } from '#libs/voices';

const cancelled = { code: 'cancelled', sentence: failures.cancelled.sentence } as const satisfies JobFailure;

/** Ends jobs that do not succeed, of any kind. */
@Injectable()
export class Processing {
  constructor(private readonly database: Database) {}

  /**
   * Fails a job and unlocks its voice: status `failed` with the sentence. Everything that was committed stays, including
   * the last good embedding. A speech fails alone, because it does not lock its voice. Run this inside a transaction that
   * holds the voice's row and the job's.
   */
  async fail(tx: Transaction, voice: VoiceEntity, job: Job, why: JobFailure): Promise<void> {
    switch (job.kind) {
      case 'embed':
      case 'speak':
        return failGpuJob(tx, voice, job, why);
      case 'split':
        await failJob(tx, job, why);
        return markSplittingFailed(tx, voice, why.sentence);
      case 'import':
        return failImport(tx, voice, job, why);
    }
  }

  /** Fails an active job, owned or not; its owner finds its claim lost. @returns false when there is no such job */
  failActive(ref: ActiveJobRef, why: JobFailure): Promise<boolean> {
    return this.database.transaction((tx) => endActive(tx, ref, (voice, job) => this.fail(tx, voice, job, why)));
  }

  /** Cancels a job for an operator. Does nothing if the job has ended. @throws AppError `not_found` */
  async cancel(jobId: string): Promise<void> {
    const job = await findJob(this.database, jobId);
    if (job === null) throw AppError.of('not_found');
    const { voiceId, partnerId, kind } = job;
    await this.database.transaction(async (tx) => {
      const isEnded = await endActive(tx, { voiceId, kind, jobId }, (voice, active) =>
        this.fail(tx, voice, active, cancelled),
      );
      if (!isEnded) return;
      await recordChange(tx, { action: 'job.cancel', partnerId, voiceId, details: { job: jobId, kind } });
    });
  }

  /**
   * Cancels the processing of a voice for its partner: ends its split, its embedding or its import, which unlocks it.
   * Speeches go on, because they do not lock it. What was committed before stays.
   *
   * @throws AppError `voice_not_found` | `voice_not_processed`
   */
  async cancelVoice(voiceId: string): Promise<void> {
    await changeAnyVoice(this.database, voiceId, async (tx, { partnerId }) => {
      const ended: Record<string, string> = {};
      for (const kind of ['split', 'embed', 'import'] as const) {
        await endActive(tx, { voiceId, kind }, async (voice, job) => {
          await this.fail(tx, voice, job, cancelled);
          ended[kind] = job.id;
        });
      }
      if (Object.keys(ended).length === 0) throw AppError.of('voice_not_processed');
      await recordChange(tx, { action: 'voice.cancel', partnerId, voiceId, details: ended });
    });
  }
}
