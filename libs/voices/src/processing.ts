import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import {
  Database,
  EmbeddingEntity,
  lockVoice,
  VoiceEntity,
  type JobKind,
  type SplitParams,
  type Transaction,
} from '#libs/database';
import { AppError, failures, type FailureCode } from '#libs/errors';
import { JobsRepository, type ClaimedJob, type NewJob } from '#libs/jobs';
import { moveStatus } from './voice-status.js';

/** An upload whose first split failed is kept this long, for POST split to try again. */
const keepUploadDays = 7;

export interface ProcessingFailure {
  readonly code: FailureCode;
  /** One sentence, for the voice's `errors`. */
  readonly sentence: string;
}

/** Beginnings and bad ends of processing: a job's row and its voice's status always move in one transaction. */
@Injectable()
export class Processing {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
  ) {}

  /** Begins a split of a voice whose row is locked. */
  async beginSplitting(tx: Transaction, voice: VoiceEntity, params: SplitParams): Promise<string> {
    await tx.update(
      VoiceEntity,
      { id: voice.id },
      {
        splittingStatus: moveStatus(voice.splittingStatus, 'in_progress'),
        splittingError: null,
        uploadKeptUntil: null,
        updatedAt: () => 'now()',
      },
    );
    return this.queue(tx, voice, { kind: 'split', stage: 'samples', params });
  }

  /** Begins an embedding of a voice whose row is locked; its tts type becomes the voice's. */
  async beginEmbedding(tx: Transaction, voice: VoiceEntity, ttsType: string): Promise<string> {
    await tx.update(
      VoiceEntity,
      { id: voice.id },
      {
        embeddingStatus: moveStatus(voice.embeddingStatus, 'in_progress'),
        embeddingError: null,
        embeddingType: ttsType,
        updatedAt: () => 'now()',
      },
    );
    return this.queue(tx, voice, { kind: 'embed', stage: 'submit', params: { ttsType } });
  }

  /**
   * Ends a job badly and unlocks its voice: status `failed` with the sentence. What was committed stays, the last good
   * embedding included. Run inside a transaction that holds the voice's row and owns the job.
   */
  async fail(tx: Transaction, voice: VoiceEntity, job: ClaimedJob, why: ProcessingFailure): Promise<void> {
    await this.jobs.fail(tx, job, why);
    if (job.kind === 'split') return this.failSplitting(tx, voice, why.sentence);
    return this.failEmbedding(tx, voice, why.sentence);
  }

  /**
   * Ends whatever job of a kind a voice has, owned or not: its owner finds its claim lost.
   *
   * @param jobId only this job
   * @param generation only while nobody has claimed it since: for who decided from an older look at it
   * @returns false when there was nothing to end
   */
  async failActive(
    voiceId: string,
    kind: JobKind,
    why: ProcessingFailure,
    jobId?: string,
    generation?: number,
  ): Promise<boolean> {
    return this.database.transaction((tx) => this.endActive(tx, voiceId, kind, why, jobId, generation));
  }

  /** Ends a job because an operator said so. @throws AppError `not_found` */
  async cancel(jobId: string): Promise<void> {
    const job = await this.jobs.find(jobId);
    if (job === null) throw AppError.of('not_found');
    const why = { code: 'cancelled', sentence: failures.cancelled.sentence } as const;
    const { voiceId, partnerId, kind } = job;
    await this.database.transaction(async (tx) => {
      if (!(await this.endActive(tx, voiceId, kind, why, job.id))) return;
      await recordChange(tx, { action: 'job.cancel', partnerId, voiceId, details: { job: job.id, kind } });
    });
  }

  private async endActive(
    tx: Transaction,
    voiceId: string,
    kind: JobKind,
    why: ProcessingFailure,
    jobId?: string,
    generation?: number,
  ): Promise<boolean> {
    const voice = await lockVoice(tx, voiceId);
    const job = voice && (await this.jobs.findActive(tx, voiceId, kind));
    if (!voice || !job || (jobId !== undefined && job.id !== jobId)) return false;
    if (generation !== undefined && job.generation !== generation) return false;
    await this.fail(tx, voice, job, why);
    return true;
  }

  private queue(tx: Transaction, voice: VoiceEntity, job: Pick<NewJob, 'kind' | 'stage' | 'params'>): Promise<string> {
    const progress = { stage: 'queued', done: 0, of: 1 } as const;
    return this.jobs.insert(tx, { voiceId: voice.id, partnerId: voice.partnerId, ...job, progress });
  }

  private async failSplitting(tx: Transaction, voice: VoiceEntity, sentence: string): Promise<void> {
    const keepUpload = voice.uploadKey !== null && voice.originalKey === null;
    await tx.update(
      VoiceEntity,
      { id: voice.id },
      {
        splittingStatus: moveStatus(voice.splittingStatus, 'failed'),
        splittingError: sentence,
        ...(keepUpload ? { uploadKeptUntil: () => `now() + interval '${keepUploadDays} days'` } : {}),
        updatedAt: () => 'now()',
      },
    );
  }

  private async failEmbedding(tx: Transaction, voice: VoiceEntity, sentence: string): Promise<void> {
    await tx.update(
      VoiceEntity,
      { id: voice.id },
      {
        embeddingStatus: moveStatus(voice.embeddingStatus, 'failed'),
        embeddingError: sentence,
        updatedAt: () => 'now()',
      },
    );
    await tx
      .createQueryBuilder()
      .insert()
      .into(EmbeddingEntity)
      .values({
        voiceId: voice.id,
        ttsType: voice.embeddingType,
        lastUpdateStatus: 'failed',
        lastUpdateTime: () => 'now()',
      })
      .orUpdate(['last_update_status', 'last_update_time'], ['voice_id', 'tts_type'])
      .execute();
  }
}
