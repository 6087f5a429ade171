import { Inject, Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import {
  measureQuality,
  planSplit,
  recordingTime,
  samplesPerSecond,
  type AnalysisTrack,
  type MissingAudio,
  type QualityFigures,
  type RecordingFacts,
} from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { Database, SampleEntity, VoiceEntity, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { clearSampleResults, preferAgain, startFirstEmbedding } from '#libs/embeddings';
import { advanceJob, commitFenced, completeJob, Dispatcher, type SplitJob } from '#libs/jobs';
import { keepReplacedSeconds, keepUsedUpSeconds, removeObjects } from '#libs/retention';
import {
  applySplit,
  changeVoice,
  startSplitting,
  VoicesService,
  type ConsentRule,
  type NewOriginal,
  type RequestedSplit,
  type VoiceDetails,
  type VoiceWarning,
} from '#libs/voices';
import { fillQuality } from '../analysis/sample-quality.js';
import { VoiceTracks } from '../analysis/voice-tracks.service.js';
import { splitRequest } from './split-request.js';
import type { StoredAudio } from '../samples.service.js';

/** Bounds of a split's parameters, fixed by the API contract. */
export const splitBounds = {
  maxSamples: { min: 1, max: 100 },
  sampleDurationSeconds: { min: 5, max: 60 },
  minDurationSeconds: { min: 3, max: 60 },
} as const;

/** A sample that a split has cut, durable in storage. */
export interface SplitSample extends StoredAudio {
  readonly index: number;
  readonly sourceStartSeconds: number;
}

/** What a split has made and not yet committed. */
export interface SplitResults {
  readonly samples?: readonly SplitSample[] | undefined;
  readonly original?: NewOriginal | undefined;
  /** The track of the original. Samples without a quality get it from there, those of an earlier commit too. */
  readonly track?: AnalysisTrack | undefined;
  /** What the conversion has found in the recording. It replaces earlier warnings of the same codes. */
  readonly warnings?: readonly VoiceWarning[] | undefined;
}

/** A recording that was not converted yet. */
export interface UploadSource {
  readonly kind: 'upload';
  readonly key: string;
  /** What the upload's check found; null for uploads of older versions, which stored none. */
  readonly facts: RecordingFacts | null;
}

/** A converted recording. */
export interface OriginalSource {
  readonly kind: 'original';
  readonly key: string;
  readonly missing: readonly MissingAudio[];
  /** Whether its track is stored. */
  readonly isMeasured: boolean;
}

/** What a split reads. */
export type SplitSource = UploadSource | OriginalSource;

/** What a split would make. */
export interface SplitPreview {
  /** In the order of the recording. */
  readonly samples: readonly {
    /** In the recording. */
    readonly sourceStartSeconds: number;
    /** In the original, which lacks what could not be decoded. */
    readonly startSeconds: number;
    readonly durationSeconds: number;
    readonly quality: QualityFigures;
  }[];
  /** How much of the original would be in no sample. */
  readonly droppedSeconds: number;
}

/** Splitting: accepts requests and commits what the step has made. */
@Injectable()
export class SplittingService {
  constructor(
    private readonly database: Database,
    private readonly dispatcher: Dispatcher,
    private readonly voices: VoicesService,
    private readonly tracks: VoiceTracks,
    @Inject(CONFIG) private readonly config: ConsentRule & Pick<Config, 'testSentences'>,
  ) {}

  /**
   * Starts a split. If the first split failed before it had samples, this one counts as the first: an embedding follows
   * without a request.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `no_original`
   */
  async request(voiceId: string, params: RequestedSplit): Promise<VoiceDetails> {
    const partnerId = await changeVoice(this.database, voiceId, async (tx, voice) => {
      if (sourceOf(voice) === null) throw AppError.of('no_original');
      const first = voice.originalKey === null && voice.sampleCount === 0;
      await startSplitting(tx, voice, { ...params, first });
      const details = { max_samples: params.maxSamples, sample_duration: params.sampleDurationSeconds };
      await recordChange(tx, { action: 'voice.split', partnerId: voice.partnerId, voiceId, details });
      return voice.partnerId;
    });
    this.dispatcher.dispatchSoon(partnerId);
    return this.voices.details(voiceId);
  }

  /**
   * Returns what a split with these parameters would make of the voice's original. Takes no lock and changes nothing: a
   * voice in processing may be previewed too, as soon as it has an original.
   *
   * @throws AppError `voice_not_found` | `voice_locked` (the original is being made) | `no_original` | `unavailable`
   */
  async preview(voiceId: string, params: RequestedSplit): Promise<SplitPreview> {
    const { track, missing } = await this.tracks.ofVoice(voiceId);
    const { windows, droppedSamples } = planSplit(track, splitRequest(params));
    const samples = windows.map((window) => ({
      sourceStartSeconds: recordingTime(window.startSamples / samplesPerSecond, missing),
      startSeconds: window.startSamples / samplesPerSecond,
      durationSeconds: window.durationSamples / samplesPerSecond,
      quality: measureQuality(track, window),
    }));
    return { samples, droppedSeconds: droppedSamples / samplesPerSecond };
  }

  /** Returns what a split of the voice reads now. @throws AppError `recording_lost` */
  async source(voiceId: string): Promise<SplitSource> {
    const voice = await this.database.run((manager) => manager.findOneBy(VoiceEntity, { id: voiceId }));
    const source = voice && sourceOf(voice);
    if (!source) throw AppError.of('recording_lost');
    return source;
  }

  /**
   * Commits what a split has made, in one transaction. New samples replace all samples of the voice; after a first split
   * the embedding is queued with them, or fails if it needs a consent that the voice does not have. A stored original
   * replaces the upload. The split is complete once the voice has both; otherwise the stage `original` follows. With the
   * track of the original, its samples get their quality.
   *
   * Warnings belong to the recording. Pass each with the first commit after it was found, in either stage. They stay when
   * the voice is split again, because re-splits read the original that was made from the recording.
   *
   * @throws LostClaim; nothing has changed then
   */
  async commit(job: SplitJob, { samples, original, track, warnings }: SplitResults): Promise<void> {
    const isFirst = samples !== undefined && job.params.first;
    await commitFenced(this.database, job, async (tx, voice) => {
      const isComplete = original !== undefined || voice.originalKey !== null;
      if (samples !== undefined) await replaceSamples(tx, voice, samples);
      if (original !== undefined && voice.uploadKey !== null) {
        await removeObjects(tx, [voice.uploadKey], keepUsedUpSeconds);
      }
      await applySplit(tx, voice, { sampleCount: samples?.length, original, warnings, isComplete });
      if (track !== undefined) {
        await fillQuality(tx, voice.id, { track, missing: original?.missing ?? voice.originalMissing });
        // Samples of an earlier commit may have been embedded before this.
        if (samples === undefined) await preferAgain(tx, voice);
      }
      if (isFirst) await startFirstEmbedding(tx, voice, this.config);
      await (isComplete ? completeJob(tx, job) : advanceJob(tx, job, 'original'));
    });
    if (isFirst) this.dispatcher.dispatchSoon(job.partnerId);
  }
}

function sourceOf(voice: VoiceEntity): SplitSource | null {
  const { originalKey, originalMissing, analysisKey } = voice;
  if (originalKey !== null) {
    return { kind: 'original', key: originalKey, missing: originalMissing, isMeasured: analysisKey !== null };
  }
  if (voice.uploadKey === null) return null;
  return { kind: 'upload', key: voice.uploadKey, facts: voice.uploadFacts as RecordingFacts | null };
}

/** Replaces all samples of a voice. Results of embeddings for single samples are cleared: indexes now mean other audio. */
async function replaceSamples(tx: Transaction, voice: VoiceEntity, samples: readonly SplitSample[]): Promise<void> {
  const voiceId = voice.id;
  if (voice.embeddingStatus !== 'idle') await clearSampleResults(tx, voiceId);
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
}
