import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '#libs/config';
import { AppError } from '#libs/errors';
import type { SpeakJob } from '#libs/jobs';
import { buildSpeakRequest } from '#libs/runpod';
import { inboxOutputKey, inboxSpeechKey, OBJECT_STORAGE, type GenerationId, type ObjectStorage } from '#libs/storage';
import { languageCodeOf } from '#libs/voices';
import { runTerms, urlSeconds, type RunTermsConfig } from '../gpu/run-terms.js';
import { uploadLimits } from '../gpu/upload-limits.js';
import { SpeechesRepository } from './speeches.repository.js';

/** Builds the body of POST /run for a speech: signed URLs of the embedding, and of the inbox of its generation. */
@Injectable()
export class SpeechBody {
  constructor(
    private readonly speeches: SpeechesRepository,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: RunTermsConfig,
  ) {}

  /** @throws AppError `voice_not_found` | `gpu_refused` if the embedding was replaced and removed meanwhile */
  async build(job: SpeakJob, hookToken: string): Promise<string> {
    const { partnerName, voiceName } = job;
    const speech = await this.speeches.ofJob(job.id);
    if (partnerName === null || voiceName === null || speech === null) throw AppError.of('voice_not_found');
    const { embedding, text, seed } = speech;
    if ((await this.storage.stat(embedding.objectKey)) === null) {
      throw AppError.saying('gpu_refused', 'The embedding was replaced before the text was spoken');
    }
    const expiresInSeconds = urlSeconds(this.config);
    const inbox: GenerationId = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
    const put = (key: string, contentType: string, maxBytes: number): Promise<string> =>
      this.storage.signPut(key, { expiresInSeconds, contentType, maxBytes });
    const contentType = 'application/octet-stream';
    return buildSpeakRequest({
      jobId: job.id,
      generation: job.generation,
      ttsType: job.params.ttsType,
      language: languageCodeOf(speech.language),
      voice: { partner: partnerName, name: voiceName },
      embedding: {
        url: await this.storage.signGet(embedding.objectKey, { expiresInSeconds, contentType }),
        sha256: embedding.sha256,
        bytes: embedding.bytes,
      },
      text,
      seed,
      speechUrl: await put(inboxSpeechKey(inbox), 'audio/ogg', uploadLimits.speech),
      outputUrl: await put(inboxOutputKey(inbox), 'application/json', uploadLimits.output),
      ...runTerms(job, hookToken, this.config),
    });
  }
}
