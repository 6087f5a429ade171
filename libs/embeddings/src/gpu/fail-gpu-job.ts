import type { Transaction, VoiceEntity } from '#libs/database';
import type { GpuJob, JobFailure } from '#libs/jobs';
import { failEmbedding } from '../embedding-results.js';
import { failSpeech } from '../speech/speech-rows.js';

/** Fails a job, and what it was to make. The transaction must hold the rows of the voice and the job. */
export function failGpuJob(tx: Transaction, voice: VoiceEntity, job: GpuJob, why: JobFailure): Promise<void> {
  switch (job.kind) {
    case 'embed':
      return failEmbedding(tx, voice, job, why);
    case 'speak':
      return failSpeech(tx, job, why);
  }
}
