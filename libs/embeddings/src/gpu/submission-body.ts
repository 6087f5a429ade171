import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import type { RecordedConsent } from '#libs/consent';
import type { SampleEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import type { EmbedJob } from '#libs/jobs';
import { buildRunRequest, testSamplesInOrder, type EmbeddingTargets, type RequestConsent } from '#libs/runpod';
import {
  inboxEmbeddingZipKey,
  inboxOutputKey,
  inboxSampleEmbeddingKey,
  inboxTestSampleKey,
  OBJECT_STORAGE,
  type GenerationId,
  type ObjectStorage,
} from '#libs/storage';
import { languageCodeOf } from '#libs/voices';
import { embeddingLimitBytes } from '../embedding-limits.js';
import { languageOf, sentencesOf } from '../test-sentences.js';
import { runTerms, urlSeconds, type RunTermsConfig } from './run-terms.js';
import { uploadLimits } from './upload-limits.js';

type BodyConfig = RunTermsConfig & Pick<Config, 'runpodContract' | 'embeddingBytesPerSecond' | 'testSentences'>;

/** The fields of a sample that a submission needs. */
export type SampleToEmbed = Readonly<Pick<SampleEntity, 'index' | 'durationSeconds' | 'sha256' | 'objectKey'>>;

/** What an embedding is made of. */
export interface EmbeddingParts {
  readonly samples: readonly SampleToEmbed[];
  /** Compared with the samples, if the version of the contract can. */
  readonly consents: readonly RecordedConsent[];
}

/** Builds the body of POST /run for a job: signed URLs of its samples, and of the inbox of its generation. */
@Injectable()
export class SubmissionBody {
  private readonly expiresInSeconds: number;

  constructor(
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: BodyConfig,
  ) {
    this.expiresInSeconds = urlSeconds(config);
  }

  /** @throws AppError `voice_not_found` | `gpu_refused` when the body would be too large */
  async build(job: EmbedJob, { samples, consents }: EmbeddingParts, hookToken: string): Promise<string> {
    const { partnerName, voiceName } = job;
    if (partnerName === null || voiceName === null) throw AppError.of('voice_not_found');
    const { expiresInSeconds } = this;
    const testSentences = sentencesOf(job, this.config.testSentences);
    const inbox: GenerationId = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
    const wanted = testSamplesInOrder(
      samples.map((sample) => sample.index),
      testSentences.length,
    );
    const request = buildRunRequest({
      jobId: job.id,
      generation: job.generation,
      ttsType: job.params.ttsType,
      voice: { partner: partnerName, name: voiceName },
      samples: await Promise.all(
        samples.map(async ({ index, durationSeconds, sha256, objectKey }) => ({
          index,
          durationSeconds,
          sha256,
          url: await this.storage.signGet(objectKey, { expiresInSeconds, contentType: 'audio/ogg' }),
        })),
      ),
      testSentences,
      testSamples: await Promise.all(
        wanted.map(async ({ sampleIndex, sentenceIndex }) => ({
          sampleIndex,
          sentenceIndex,
          url: await this.put(inboxTestSampleKey(inbox, sampleIndex, sentenceIndex), 'audio/ogg', uploadLimits.speech),
        })),
      ),
      embeddings: await this.embeddingTargets(job, { samples, consents }, inbox),
      outputUrl: await this.put(inboxOutputKey(inbox), 'application/json', uploadLimits.output),
      ...runTerms(job, hookToken, this.config),
    });
    return request.body;
  }

  private async embeddingTargets(
    job: EmbedJob,
    { samples, consents }: EmbeddingParts,
    inbox: GenerationId,
  ): Promise<EmbeddingTargets> {
    if (this.config.runpodContract === '1') {
      return {
        version: 1,
        zipUrl: await this.put(inboxEmbeddingZipKey(inbox), 'application/zip', uploadLimits.embeddingZip),
      };
    }
    const urls = samples.map(({ index, durationSeconds }) => {
      const maxBytes = embeddingLimitBytes(durationSeconds, this.config);
      return this.put(inboxSampleEmbeddingKey(inbox, index), 'application/octet-stream', maxBytes);
    });
    return {
      version: 2,
      language: languageCodeOf(languageOf(job)),
      urls: await Promise.all(urls),
      consents: await Promise.all(consents.map((consent) => this.toCompare(consent))),
    };
  }

  private async toCompare({
    consentId: id,
    objectKey,
    durationSeconds,
    sha256,
  }: RecordedConsent): Promise<RequestConsent> {
    const { expiresInSeconds } = this;
    const url = await this.storage.signGet(objectKey, { expiresInSeconds, contentType: 'audio/ogg' });
    return { id, durationSeconds, sha256, url };
  }

  private put(key: string, contentType: string, maxBytes: number): Promise<string> {
    return this.storage.signPut(key, { expiresInSeconds: this.expiresInSeconds, contentType, maxBytes });
  }
}
