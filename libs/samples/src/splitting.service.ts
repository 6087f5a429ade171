import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import type { MissingAudio, RecordingFacts } from '#libs/audio';
import {
  Database,
  EmbeddingEntity,
  SampleEntity,
  VoiceEntity,
  type SplitParams,
  type Transaction,
} from '#libs/database';
import { AppError } from '#libs/errors';
import { commitFenced, Dispatcher, JobsRepository, type ClaimedJob } from '#libs/jobs';
import { keepReplacedSeconds, keepUsedUpSeconds, removeObjects } from '#libs/storage';
import {
  changeVoice,
  mergeWarnings,
  moveStatus,
  Processing,
  removeTestSamples,
  VoicesService,
  type VoiceDetails,
  type VoiceWarning,
} from '#libs/voices';

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

/** The converted recording, durable in storage. */
export interface StoredOriginal {
  readonly objectKey: string;
  readonly durationSeconds: number;
  /** Where the recording had audio that this lacks. */
  readonly missing: readonly MissingAudio[];
}

/** What a split has made so far, or the part of it that is not visible yet. */
export interface SplitResults {
  readonly samples?: readonly CutSample[] | undefined;
  readonly original?: StoredOriginal | undefined;
  /** What the conversion found in the recording so far. Replaces earlier warnings of the same codes; others stay. */
  readonly warnings?: readonly VoiceWarning[] | undefined;
}

/** Where a split reads from. */
export type SplitSource =
  /** `facts`: what the upload's check found; null of an upload from before there were any. */
  | { readonly kind: 'upload'; readonly key: string; readonly facts: RecordingFacts | null }
  | { readonly kind: 'original'; readonly key: string; readonly missing: readonly MissingAudio[] };

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
   * Makes what a split has made visible, in one step. New samples replace all the voice had, together with the queued
   * embedding of a first split; a stored original takes the upload's place. With both there, now or before, the split is
   * complete; else its stage `original` follows.
   *
   * Warnings belong to the recording: give each with the first commit that follows its discovery, in either stage. They
   * stay through re-splits, which read the original that was made of it.
   *
   * @throws LostClaim; nothing changed then
   */
  async commit(job: ClaimedJob, { samples, original, warnings }: SplitResults): Promise<void> {
    const first = samples !== undefined && (job.params as SplitParams).first;
    await commitFenced(this.database, this.jobs, job, async (tx, voice) => {
      const whole = original !== undefined || voice.originalKey !== null;
      if (samples !== undefined) await replaceSamples(tx, voice, samples);
      if (original !== undefined && voice.uploadKey !== null) {
        await removeObjects(tx, [voice.uploadKey], keepUsedUpSeconds);
      }
      await tx.update(
        VoiceEntity,
        { id: voice.id },
        {
          ...(samples && columnsOfSamples(voice, samples)),
          ...(original && columnsOfOriginal(original)),
          ...(warnings && { warnings: mergeWarnings(voice.warnings, warnings) }),
          ...(whole && { splittingStatus: moveStatus(voice.splittingStatus, 'completed'), splittingError: null }),
          updatedAt: () => 'now()',
        },
      );
      if (first) await this.processing.beginEmbedding(tx, voice, voice.embeddingType);
      await (whole ? this.jobs.complete(tx, job) : this.jobs.advance(tx, job, 'original'));
    });
    if (first) void this.dispatcher.dispatch(job.partnerId).catch(() => undefined);
  }
}

function sourceOf(voice: VoiceEntity): SplitSource | null {
  if (voice.originalKey !== null) return { kind: 'original', key: voice.originalKey, missing: voice.originalMissing };
  if (voice.uploadKey === null) return null;
  return { kind: 'upload', key: voice.uploadKey, facts: voice.uploadFacts as RecordingFacts | null };
}

/** All samples of a voice are exchanged; its embeddings are then of others, and indexes name other audio. */
async function replaceSamples(tx: Transaction, voice: VoiceEntity, samples: readonly CutSample[]): Promise<void> {
  const voiceId = voice.id;
  if (voice.sampleCount > 0) {
    const old = await tx.find(SampleEntity, { where: { voiceId }, select: { objectKey: true } });
    await removeObjects(
      tx,
      old.map((sample) => sample.objectKey),
      keepReplacedSeconds,
    );
    await tx.delete(SampleEntity, { voiceId });
  }
  await tx.insert(
    SampleEntity,
    samples.map((sample) => ({ voiceId, ...sample })),
  );
  if (voice.embeddingStatus === 'idle') return;
  await tx.update(EmbeddingEntity, { voiceId }, { stale: true, scores: [] });
  await removeTestSamples(tx, { voiceId });
}

/** The preference is cleared and indexes begin again. A re-split leaves no embedding current; a first one begins it. */
function columnsOfSamples(voice: VoiceEntity, samples: readonly CutSample[]) {
  return {
    sampleCount: samples.length,
    nextSampleIndex: samples.length + 1,
    preferredSampleIndex: null,
    preferredBy: null,
    ...(voice.embeddingStatus !== 'idle' && {
      embeddingStatus: moveStatus(voice.embeddingStatus, 'idle'),
      embeddingError: null,
    }),
  };
}

const columnsOfOriginal = (original: StoredOriginal) => ({
  originalKey: original.objectKey,
  originalDurationSeconds: original.durationSeconds,
  originalMissing: [...original.missing],
  uploadFacts: null,
  uploadKey: null,
  uploadKeptUntil: null,
});
