import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { CONFIG, type Config } from '#libs/config';
import {
  Database,
  EmbeddingEntity,
  EmbeddingRunEntity,
  lockVoice,
  SampleEntity,
  type SpeechEntity,
  type Transaction,
  type VoiceEntity,
} from '#libs/database';
import { AppError } from '#libs/errors';
import { Dispatcher, insertJob } from '#libs/jobs';
import { refuseOverQuota } from '#libs/usage';
import { refuseWithoutConsent, type ConsentRule } from '#libs/voices';
import { chooseEmbedding } from './choose-embedding.js';
import { insertSpeech } from './speech-rows.js';
import { SpeechesRepository } from './speeches.repository.js';

/** What a client asks for. */
export interface SpeechRequest {
  readonly text: string;
  /** Default: the preferred sample, or else the best-scored one. */
  readonly sampleIndex?: number | undefined;
  /** Default: a random one. */
  readonly seed?: number | undefined;
}

/** A speech as requests see it. */
export type SpeechInfo = Readonly<Omit<SpeechEntity, 'voice' | 'voiceId' | 'embedding'>>;

/** Seeds are 0 to this number (docs/gpu-contract.md). */
export const maxSeed = 2 ** 32 - 1;

/** Speeches as requests see them. They neither change nor lock their voice. */
@Injectable()
export class SpeechesService {
  constructor(
    private readonly database: Database,
    private readonly speeches: SpeechesRepository,
    private readonly dispatcher: Dispatcher,
    @Inject(CONFIG) private readonly config: ConsentRule & Pick<Config, 'runpodContract' | 'runpodEndpoints'>,
  ) {}

  /**
   * Starts to speak a text with the current embedding of the voice's tts type.
   *
   * @throws AppError `voice_not_found` | `sample_not_found` | `embedding_not_found` | `no_embedding` | `cannot_speak` |
   *   `quota_exceeded` | `no_consent`
   */
  async request(voiceId: string, asked: SpeechRequest): Promise<SpeechInfo> {
    const { id, partnerId } = await this.database.transaction(async (tx) => {
      const voice = await lockVoice(tx, voiceId);
      if (voice === null) throw AppError.of('voice_not_found');
      return { id: await this.insert(tx, voice, asked), partnerId: voice.partnerId };
    });
    this.dispatcher.dispatchSoon(partnerId);
    return this.find(voiceId, id);
  }

  /** @throws AppError `speech_not_found`: there is none, or it has expired */
  async find(voiceId: string, id: string): Promise<SpeechInfo> {
    const found = await this.speeches.find(voiceId, id);
    if (found === null) throw AppError.of('speech_not_found');
    return found;
  }

  private async insert(tx: Transaction, voice: VoiceEntity, asked: SpeechRequest): Promise<string> {
    const { id: voiceId, partnerId, embeddingType: ttsType } = voice;
    const { text, sampleIndex, seed = randomInt(maxSeed + 1) } = asked;
    const samples = await tx.find(SampleEntity, { where: { voiceId }, select: { index: true, sha256: true } });
    if (sampleIndex !== undefined && !samples.some(({ index }) => index === sampleIndex)) {
      throw AppError.of('sample_not_found');
    }
    this.refuseIfNobodySpeaks(ttsType);
    await refuseWithoutConsent(tx, voiceId, this.config);
    const run = await currentRun(tx, voiceId, ttsType);
    const { sampleEmbeddings: embeddings } = run;
    const choice = { embeddings, samples, preferredSampleIndex: voice.preferredSampleIndex };
    const chosen = chooseEmbedding(choice, sampleIndex);
    await refuseOverQuota(tx, partnerId, { gpuJob: 'speak' });
    const id = await insertJob(tx, { voiceId, partnerId, kind: 'speak', params: { ttsType } });
    const { objectKey, bytes, sha256 } = chosen;
    const spoken = { language: run.language ?? voice.language, sampleIndex: chosen.sampleIndex, seed, text };
    await insertSpeech(tx, { id, voiceId, ttsType, ...spoken, embedding: { objectKey, bytes, sha256 } });
    const details = { speech: id, sample: chosen.sampleIndex };
    await recordChange(tx, { action: 'voice.speak', partnerId, voiceId, details });
    return id;
  }

  /** @throws AppError `cannot_speak` */
  private refuseIfNobodySpeaks(ttsType: string): void {
    const { runpodContract, runpodEndpoints } = this.config;
    if (runpodContract === '1') {
      throw AppError.saying('cannot_speak', 'The GPU side uses version 1 of its contract, which cannot speak a text');
    }
    if (!runpodEndpoints.has(ttsType)) {
      throw AppError.saying('cannot_speak', `There is no embedding service for the tts type ${ttsType}`);
    }
  }
}

/** @throws AppError `no_embedding` | `cannot_speak` if the run has only a ZIP of all embeddings */
async function currentRun(tx: Transaction, voiceId: string, ttsType: string): Promise<EmbeddingRunEntity> {
  const embedding = await tx.findOneBy(EmbeddingEntity, { voiceId, ttsType });
  if (!embedding?.zipKey) throw AppError.of('no_embedding');
  const run = await tx.findOneBy(EmbeddingRunEntity, { archiveKey: embedding.zipKey });
  if (run === null || run.sampleEmbeddings.length === 0) {
    const sentence =
      'The embedding was made with version 1 of the GPU contract; embed the voice again to speak with it';
    throw AppError.saying('cannot_speak', sentence);
  }
  return run;
}
