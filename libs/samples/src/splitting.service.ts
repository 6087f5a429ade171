import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { Database, SampleEntity, VoiceEntity, type SplitParams, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { commitFenced, Dispatcher, JobsRepository, type ClaimedJob } from '#libs/jobs';
import { keepReplacedSeconds, keepUsedUpSeconds, removeObjects } from '#libs/storage';
import { changeVoice, moveStatus, Processing, VoicesService, type VoiceDetails } from '#libs/voices';
import { markStale } from './samples.service.js';

/** What a split may be asked for; the contract's bounds. */
export const splitBounds = {
  maxSamples: { min: 1, max: 100 },
  sampleDurationSeconds: { min: 5, max: 60 },
} as const;

/** A sample cut from the original, durable in storage. */
export interface CutSample {
  readonly index: number;
  readonly sourceStartSeconds: number;
  readonly durationSeconds: number;
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Where a split reads from. */
export type SplitSource =
  | { readonly kind: 'upload'; readonly key: string; readonly durationSeconds: number | null }
  | { readonly kind: 'original'; readonly key: string };

/** Splitting, from the request to what its stages make visible. */
@Injectable()
export class SplittingService {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly dispatcher: Dispatcher,
    private readonly processing: Processing,
    private readonly voices: VoicesService,
  ) {}

  /**
   * Starts a split. Where a first split failed before it had samples, this is it again, and the embedding follows by
   * itself.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `no_original`
   */
  async request(voiceId: string, params: Omit<SplitParams, 'first'>): Promise<VoiceDetails> {
    const partnerId = await changeVoice(this.database, voiceId, async (tx, voice) => {
      if (sourceOf(voice) === null) throw AppError.of('no_original');
      const first = voice.originalKey === null && voice.sampleCount === 0;
      await this.processing.beginSplitting(tx, voice, { ...params, first });
      const details = { max_samples: params.maxSamples, sample_duration: params.sampleDurationSeconds };
      await recordChange(tx, { action: 'voice.split', partnerId: voice.partnerId, voiceId, details });
      return voice.partnerId;
    });
    void this.dispatcher.dispatch(partnerId).catch(() => undefined);
    return this.voices.details(voiceId);
  }

  /** What the voice's splits read now. @throws AppError `recording_lost` */
  async source(voiceId: string): Promise<SplitSource> {
    const voice = await this.database.run((manager) => manager.findOneBy(VoiceEntity, { id: voiceId }));
    const source = voice && sourceOf(voice);
    if (!source) throw AppError.of('recording_lost');
    return source;
  }

  /**
   * Stage `samples` is done: the new samples replace all the voice had, in one step, together with the queued embedding
   * of a first split. A split of an original that is there already is then complete.
   *
   * @returns the stage that follows; null when the split is complete
   * @throws LostClaim; nothing changed then
   */
  async commitSamples(job: ClaimedJob, samples: readonly CutSample[]): Promise<'original' | null> {
    const params = job.params as SplitParams;
    const next = await commitFenced(this.database, this.jobs, job, async (tx, voice) => {
      await replaceSamples(tx, voice.id, samples);
      await this.resetEmbedding(tx, voice, params);
      const whole = voice.originalKey !== null;
      if (whole) await this.complete(tx, voice, job);
      else await this.jobs.advance(tx, job, 'original');
      return whole ? null : ('original' as const);
    });
    if (params.first) void this.dispatcher.dispatch(job.partnerId).catch(() => undefined);
    return next;
  }

  /**
   * Stage `original` is done: the stored original takes the upload's place and splitting is completed.
   *
   * @throws LostClaim; nothing changed then
   */
  async commitOriginal(
    job: ClaimedJob,
    original: { readonly objectKey: string; readonly durationSeconds: number },
  ): Promise<void> {
    await commitFenced(this.database, this.jobs, job, async (tx, voice) => {
      if (voice.uploadKey !== null) await removeObjects(tx, [voice.uploadKey], keepUsedUpSeconds);
      await tx.update(
        VoiceEntity,
        { id: voice.id },
        {
          originalKey: original.objectKey,
          originalDurationSeconds: original.durationSeconds,
          uploadKey: null,
          uploadKeptUntil: null,
        },
      );
      await this.complete(tx, voice, job);
    });
  }

  private async complete(tx: Transaction, voice: VoiceEntity, job: ClaimedJob): Promise<void> {
    await tx.update(
      VoiceEntity,
      { id: voice.id },
      {
        splittingStatus: moveStatus(voice.splittingStatus, 'completed'),
        splittingError: null,
        updatedAt: () => 'now()',
      },
    );
    await this.jobs.complete(tx, job);
  }

  /** New samples: a first split goes on to its embedding, a re-split leaves none current. */
  private async resetEmbedding(tx: Transaction, voice: VoiceEntity, params: SplitParams): Promise<void> {
    await markStale(tx, voice.id);
    if (params.first) {
      await this.processing.beginEmbedding(tx, voice, voice.embeddingType);
      return;
    }
    if (voice.embeddingStatus === 'idle') return;
    await tx.update(
      VoiceEntity,
      { id: voice.id },
      { embeddingStatus: moveStatus(voice.embeddingStatus, 'idle'), embeddingError: null },
    );
  }
}

function sourceOf(voice: VoiceEntity): SplitSource | null {
  if (voice.originalKey !== null) return { kind: 'original', key: voice.originalKey };
  if (voice.uploadKey === null) return null;
  return { kind: 'upload', key: voice.uploadKey, durationSeconds: voice.originalDurationSeconds };
}

/** All samples of a voice are exchanged, the preference is cleared and indexes begin again. */
async function replaceSamples(tx: Transaction, voiceId: string, samples: readonly CutSample[]): Promise<void> {
  const old = await tx.find(SampleEntity, { where: { voiceId }, select: { objectKey: true } });
  await removeObjects(
    tx,
    old.map((sample) => sample.objectKey),
    keepReplacedSeconds,
  );
  await tx.delete(SampleEntity, { voiceId });
  await tx.insert(
    SampleEntity,
    samples.map((sample) => ({ voiceId, ...sample })),
  );
  await tx.update(
    VoiceEntity,
    { id: voiceId },
    {
      sampleCount: samples.length,
      nextSampleIndex: samples.length + 1,
      preferredSampleIndex: null,
      preferredBy: null,
      updatedAt: () => 'now()',
    },
  );
}
