import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { Database, type TestSampleEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import { Dispatcher } from '#libs/jobs';
import {
  changeVoice,
  contractSeconds,
  Processing,
  removeTestSamples,
  testSampleFilename,
  VoicesService,
  type VoiceDetails,
} from '#libs/voices';
import { parseTestSampleFilename } from './test-sample-name.js';
import { TestSamplesRepository } from './test-samples.repository.js';

/** A test sample, as the contract lists it. */
export interface TestSampleDetails {
  readonly sample_index: number;
  readonly sentence_index: number;
  readonly filename: string;
  readonly duration: number;
}

/** What a test sample's audio is served from. */
export type StoredTestSample = Readonly<Pick<TestSampleEntity, 'objectKey' | 'bytes' | 'sha256'>>;

/** Embeddings as requests see them. */
@Injectable()
export class EmbeddingsService {
  constructor(
    private readonly database: Database,
    private readonly testFiles: TestSamplesRepository,
    private readonly processing: Processing,
    private readonly dispatcher: Dispatcher,
    private readonly voices: VoicesService,
    private readonly ttsTypes: readonly string[],
  ) {}

  /**
   * Says what is wrong with a tts type to embed with.
   *
   * @throws AppError `invalid_parameter` listing the configured types
   */
  checkTtsType(ttsType: string): void {
    if (!this.ttsTypes.includes(ttsType)) {
      throw AppError.field('tts_type', `tts_type must be one of ${this.ttsTypes.join(', ')}`);
    }
  }

  /**
   * Starts an embedding of the voice's samples.
   *
   * @param ttsType undefined: the voice's own
   * @throws AppError `invalid_parameter` | `voice_not_found` | `voice_locked` | `no_samples`
   */
  async request(voiceId: string, ttsType: string | undefined): Promise<VoiceDetails> {
    if (ttsType !== undefined) this.checkTtsType(ttsType);
    const partnerId = await changeVoice(this.database, voiceId, async (tx, voice) => {
      if (voice.sampleCount === 0) throw AppError.of('no_samples');
      const type = ttsType ?? voice.embeddingType;
      this.checkTtsType(type); // a type that was configured when the voice was last embedded may be gone
      await this.processing.beginEmbedding(tx, voice, type);
      const details = { tts_type: type };
      await recordChange(tx, { action: 'voice.embed', partnerId: voice.partnerId, voiceId, details });
      return voice.partnerId;
    });
    void this.dispatcher.dispatch(partnerId).catch(() => undefined);
    return this.voices.details(voiceId);
  }

  /** `[]` when there are none. */
  async testSamples(voiceId: string, ttsType: string): Promise<TestSampleDetails[]> {
    const found = await this.testFiles.list(voiceId, ttsType);
    return found.map((test) => ({
      sample_index: test.sampleIndex,
      sentence_index: test.sentenceIndex,
      filename: testSampleFilename(test.sampleIndex, test.sentenceIndex),
      duration: contractSeconds(test.durationSeconds),
    }));
  }

  /** @throws AppError `test_sample_not_found` */
  async testSample(voiceId: string, ttsType: string, filename: string): Promise<StoredTestSample> {
    const name = parseTestSampleFilename(filename);
    const found = name && (await this.testFiles.find(voiceId, ttsType, name.sampleIndex, name.sentenceIndex));
    if (!found) throw AppError.of('test_sample_not_found');
    return found;
  }

  /**
   * Deletes the test audio of a tts type, if there is any; zip and scores stay.
   *
   * @throws AppError `voice_not_found` | `voice_locked`
   */
  deleteTestFiles(voiceId: string, ttsType: string): Promise<void> {
    return changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
      await removeTestSamples(tx, { voiceId, ttsType });
      await recordChange(tx, { action: 'test-files.delete', partnerId, voiceId, details: { tts_type: ttsType } });
    });
  }
}
