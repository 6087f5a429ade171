import { Inject, Injectable } from '@nestjs/common';
import type { QualityFigures } from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { recordSimilarities } from '#libs/consent';
import { Database, EmbeddingEntity, SampleEntity, type Transaction, type VoiceEntity } from '#libs/database';
import { commitFenced, completeJob, failJob, type EmbedJob, type JobFailure } from '#libs/jobs';
import { keepUsedUpSeconds, removeObjects } from '#libs/retention';
import {
  completeEmbedding,
  markEmbeddingFailed,
  preferByScore,
  refuseWithoutConsent,
  type ConsentRule,
} from '#libs/voices';
import { recordFailedEmbedding, replaceEmbedding, type NewEmbedding } from './embedding-rows.js';
import { choosePreferred, sortScores, type MeasuredSample } from './preferred-sample.js';
import type { ComparedSample } from './runs/match-samples.js';
import { recordEngine } from './runs/reported-engines.js';

/** The results of an embedding run, all of them durable under keys that nobody else can write. */
export interface CollectedEmbedding extends NewEmbedding {
  /** How much recorded consents sound like the samples; empty if the handler does not compare them. */
  readonly consentScores: readonly { readonly consentId: string; readonly score: number }[];
  /** The inbox, which is not needed any more. */
  readonly inboxPrefix: string;
}

/** Makes the results of embedding runs visible. */
@Injectable()
export class EmbeddingResults {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: ConsentRule & Pick<Config, 'embeddingRunsKept'>,
  ) {}

  /**
   * Completes a job: embeddings, scores, test samples and warnings of failed samples replace the earlier ones, and the
   * best sample without a poor grade becomes the preferred one unless a person chose one.
   *
   * @throws LostClaim | AppError `no_consent` (revoked meanwhile); nothing changed then
   */
  async commit(job: EmbedJob, made: CollectedEmbedding): Promise<void> {
    const scores = sortScores(made.scores);
    const { ttsType } = job.params;
    await commitFenced(this.database, job, async (tx, voice) => {
      await refuseWithoutConsent(tx, voice.id, this.config);
      const samples = await measuredSamples(tx, voice.id); // those that were submitted: the voice was locked since
      const { inboxPrefix, consentScores, ...embedding } = made;
      const { engine, language, failedSamples } = embedding;
      const of = { voiceId: voice.id, ttsType };
      await replaceEmbedding(tx, of, { ...embedding, scores }, { samples, kept: this.config.embeddingRunsKept });
      await removeObjects(tx, [inboxPrefix], keepUsedUpSeconds);
      if (engine !== null) await recordSimilarities(tx, voice.id, engine.scorer, consentScores);
      const bestSampleIndex = choosePreferred(scores, samples);
      await completeEmbedding(tx, voice, job.params, { bestSampleIndex, failedSamples });
      await completeJob(tx, job);
      // Last, because runs of other voices wait for the row.
      if (engine !== null && language !== null) await recordEngine(tx, ttsType, language, engine);
    });
  }
}

/**
 * Chooses the preferred sample again, when the quality of samples becomes known after their embedding. A person's choice
 * stays. The transaction must hold the voice's row.
 */
export async function preferAgain(tx: Transaction, voice: VoiceEntity): Promise<void> {
  if (voice.embeddingStatus !== 'completed' || voice.preferredBy === 'person') return;
  const embedding = await tx.findOneBy(EmbeddingEntity, { voiceId: voice.id, ttsType: voice.embeddingType });
  if (embedding === null) return;
  await preferByScore(tx, voice.id, choosePreferred(embedding.scores, await measuredSamples(tx, voice.id)));
}

/** Returns the samples of a voice, ordered by index. */
export async function measuredSamples(
  tx: Transaction,
  voiceId: string,
): Promise<readonly (MeasuredSample & ComparedSample)[]> {
  const select = { index: true, sha256: true, quality: true };
  const samples = await tx.find(SampleEntity, { where: { voiceId }, select, order: { index: 'ASC' } });
  return samples.map(({ quality, ...sample }) => ({ ...sample, quality: quality as QualityFigures | null }));
}

/** Fails a job and unlocks its voice. The last good embedding stays. The transaction must hold the rows of both. */
export async function failEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  job: EmbedJob,
  why: JobFailure,
): Promise<void> {
  await failJob(tx, job, why);
  await markEmbeddingFailed(tx, voice, { params: job.params, sentence: why.sentence });
  await recordFailedEmbedding(tx, voice.id, job.params.ttsType);
}
