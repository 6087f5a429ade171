import { Inject, Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { CONFIG, type Config } from '#libs/config';
import {
  Database,
  SampleEntity,
  type EmbeddingRunEntity,
  type EmbedParams,
  type StoredSampleEmbedding,
  type TestSampleEntity,
  type Transaction,
  type VoiceEntity,
} from '#libs/database';
import { AppError } from '#libs/errors';
import { emitEvent } from '#libs/events';
import { Dispatcher } from '#libs/jobs';
import { refuseOverQuota } from '#libs/usage';
import {
  changeVoice,
  isSampleIndex,
  startEmbedding,
  VoicesService,
  type ConsentRule,
  type VoiceDetails,
} from '#libs/voices';
import { requestOfCurrentRun } from './current-run.js';
import { refuseTooMuchToEmbed } from './embedding-limits.js';
import { EmbeddingRunsRepository } from './runs/embedding-runs.repository.js';
import { deleteTestSamples } from './runs/run-rows.js';
import { embedParams, type EmbedRequest } from './test-sentences.js';
import { parseTestSampleFilename } from './test-sample-name.js';
import { TestSamplesRepository } from './test-samples.repository.js';

type RequestConfig = Pick<
  Config,
  'runpodEndpoints' | 'runpodContract' | 'embeddingBytesPerSecond' | 'maxEmbeddingBytes' | 'testSentences'
> &
  ConsentRule;

/** A test sample as a list shows it. */
export type TestSampleInfo = Readonly<Pick<TestSampleEntity, 'sampleIndex' | 'sentenceIndex' | 'durationSeconds'>>;

/** The stored audio of a test sample. */
export type StoredTestSample = Readonly<Pick<TestSampleEntity, 'objectKey' | 'bytes' | 'sha256'>>;

/** An archive that is made of the embeddings of a run. It never changes: neither samples nor scores of today matter. */
export type EmbeddingArchive = Readonly<
  Pick<EmbeddingRunEntity, 'voiceId' | 'ttsType' | 'engine' | 'language' | 'createdAt'>
> & {
  /** By sample index, at least one. */
  readonly sampleEmbeddings: readonly StoredSampleEmbedding[];
};

/** An embedding that is about to start. */
interface NewEmbeddingJob {
  readonly params: EmbedParams;
  /** Default false: somebody has asked for it. */
  readonly isBackground?: boolean;
  /** More for the audit log. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Starts embeddings and serves what they have made. */
@Injectable()
export class EmbeddingsService {
  constructor(
    private readonly database: Database,
    private readonly testFiles: TestSamplesRepository,
    private readonly runs: EmbeddingRunsRepository,
    private readonly dispatcher: Dispatcher,
    private readonly voices: VoicesService,
    @Inject(CONFIG) private readonly config: RequestConfig,
  ) {}

  /**
   * Checks that there is an endpoint for a tts type.
   *
   * @throws AppError `invalid_parameter` with the configured types
   */
  checkTtsType(ttsType: string): void {
    const { runpodEndpoints } = this.config;
    if (!runpodEndpoints.has(ttsType)) {
      throw AppError.field('tts_type', `tts_type must be one of ${[...runpodEndpoints.keys()].join(', ')}`);
    }
  }

  /**
   * Starts an embedding of the voice's samples.
   *
   * @throws AppError `invalid_parameter` | `voice_not_found` | `voice_locked` | `no_samples` |
   *   `too_much_to_embed` | `quota_exceeded` | `no_consent`
   */
  async request(voiceId: string, asked: EmbedRequest): Promise<VoiceDetails> {
    if (asked.ttsType !== undefined) this.checkTtsType(asked.ttsType);
    const partnerId = await changeVoice(this.database, voiceId, async (tx, voice) => {
      if (voice.sampleCount === 0) throw AppError.of('no_samples');
      const params = embedParams(voice, asked, this.config.testSentences);
      this.checkTtsType(params.ttsType); // the voice's own type may not be configured any more
      await this.start(tx, voice, { params });
      return voice.partnerId;
    });
    this.dispatcher.dispatchSoon(partnerId);
    return this.voices.details(voiceId);
  }

  /**
   * Starts an embedding as the current run of a tts type was made, with its language and test sentences, in the background
   * and without a request. The voice's own tts type stays. The transaction must hold the voice's row, unlocked by status.
   *
   * @param details for the audit log: why it is embedded
   * @returns the job's id
   * @throws AppError `no_samples` | `too_much_to_embed` | `quota_exceeded` | `no_consent`; nothing is written then
   */
  async embedAgain(
    tx: Transaction,
    voice: VoiceEntity,
    ttsType: string,
    details: Readonly<Record<string, string>>,
  ): Promise<string> {
    if (voice.sampleCount === 0) throw AppError.of('no_samples');
    const asked = { ...(await requestOfCurrentRun(tx, voice.id, ttsType)), ttsType };
    const params = embedParams(voice, asked, this.config.testSentences);
    return this.start(tx, voice, { params, isBackground: true, details });
  }

  private async start(
    tx: Transaction,
    voice: VoiceEntity,
    { params, isBackground = false, details = {} }: NewEmbeddingJob,
  ): Promise<string> {
    const { id: voiceId, partnerId } = voice;
    refuseTooMuchToEmbed((await tx.sum(SampleEntity, 'durationSeconds', { voiceId })) ?? 0, this.config);
    await refuseOverQuota(tx, partnerId, { gpuJob: 'embed' });
    const jobId = await startEmbedding(tx, voice, params, this.config, isBackground);
    const change = { action: 'voice.embed', details: { tts_type: params.ttsType, ...details } } as const;
    await recordChange(tx, { ...change, partnerId, voiceId });
    return jobId;
  }

  /**
   * Returns what an archive is made of, also for a replaced run, whose archive has valid URLs for a while.
   *
   * @returns null if the key names no run, or a run of contract version 1, whose archive is an object
   */
  async archiveOf(archiveKey: string): Promise<EmbeddingArchive | null> {
    const run = await this.runs.findByArchive(archiveKey);
    if (run === null || run.sampleEmbeddings.length === 0) return null;
    const { voiceId, ttsType, engine, language, createdAt, sampleEmbeddings } = run;
    return { voiceId, ttsType, engine, language, createdAt, sampleEmbeddings };
  }

  /**
   * Returns where the embedding of one sample is stored.
   *
   * @param sampleIndex null: the preferred sample
   * @throws AppError `voice_not_found` | `sample_not_found` | `embedding_not_found` (none was made of this audio yet) |
   *   `no_preferred_sample` | `no_single_embeddings` (of contract version 1, which has only a ZIP of all samples)
   */
  async sampleEmbedding(voiceId: string, ttsType: string, sampleIndex: number | null): Promise<StoredSampleEmbedding> {
    if (sampleIndex !== null && !isSampleIndex(sampleIndex)) throw AppError.of('sample_not_found');
    const found = await this.runs.findOfSample(voiceId, ttsType, sampleIndex);
    if (found === null) throw AppError.of('voice_not_found');
    if (sampleIndex !== null && !found.hasSample) throw AppError.of('sample_not_found');
    if (!found.hasEmbedding) throw AppError.of('embedding_not_found');
    if (!found.hasSample) throw AppError.of('no_preferred_sample');
    if (!found.hasSingleFiles) throw AppError.of('no_single_embeddings');
    if (found.embedding === null) throw AppError.of('embedding_not_found');
    return found.embedding;
  }

  /** The test samples of a voice and tts type; `[]` when there are none. */
  testSamples(voiceId: string, ttsType: string): Promise<readonly TestSampleInfo[]> {
    return this.testFiles.list(voiceId, ttsType);
  }

  /** @throws AppError `test_sample_not_found` */
  async testSample(voiceId: string, ttsType: string, filename: string): Promise<StoredTestSample> {
    const name = parseTestSampleFilename(filename);
    const found = name && (await this.testFiles.find(voiceId, ttsType, name.sampleIndex, name.sentenceIndex));
    if (!found) throw AppError.of('test_sample_not_found');
    return found;
  }

  /**
   * Deletes the test audio of a tts type, if there is any, of all runs. Embeddings and scores stay.
   *
   * @throws AppError `voice_not_found` | `voice_locked`
   */
  deleteTestFiles(voiceId: string, ttsType: string): Promise<void> {
    return changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
      await deleteTestSamples(tx, { voiceId, ttsType });
      await emitEvent(tx, { type: 'voice.updated', voiceId });
      await recordChange(tx, { action: 'test-files.delete', partnerId, voiceId, details: { tts_type: ttsType } });
    });
  }
}
