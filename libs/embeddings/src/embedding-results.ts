import { Inject, Injectable } from '@nestjs/common';
import type { QualityFigures } from '#libs/audio';
import { CONFIG } from '#libs/config';
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
  type NotEmbeddedSample,
} from '#libs/voices';
import { recordFailedEmbedding, replaceEmbedding, type NewEmbedding } from './embedding-rows.js';
import { choosePreferred, sortScores, type MeasuredSample } from './preferred-sample.js';

/** The results of an embedding run, all of them durable under keys that nobody else can write. */
export interface CollectedEmbedding extends NewEmbedding {
  /** They become warnings of the voice. */
  readonly failedSamples: readonly NotEmbeddedSample[];
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
    @Inject(CONFIG) private readonly config: ConsentRule,
  ) {}

  /**
   * Completes a job: embeddings, scores, test samples and warnings of failed samples replace the earlier ones, and the
   * best sample without a poor grade becomes the preferred one unless a person chose one.
   *
   * @throws LostClaim | AppError `no_consent` (revoked meanwhile); nothing changed then
   */
  async commit(job: EmbedJob, made: CollectedEmbedding): Promise<void> {
    const scores = sortScores(made.scores);
    await commitFenced(this.database, job, async (tx, voice) => {
      await refuseWithoutConsent(tx, voice.id, this.config);
      await replaceEmbedding(tx, voice.id, job.params.ttsType, { ...made, scores });
      await removeObjects(tx, [made.inboxPrefix], keepUsedUpSeconds);
      const { engine, consentScores } = made;
      if (engine !== null) await recordSimilarities(tx, voice.id, engine.scorer, consentScores);
      const bestSampleIndex = choosePreferred(scores, await measuredSamples(tx, voice.id));
      await completeEmbedding(tx, voice, { bestSampleIndex, failedSamples: made.failedSamples });
      await completeJob(tx, job);
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

async function measuredSamples(tx: Transaction, voiceId: string): Promise<readonly MeasuredSample[]> {
  const samples = await tx.find(SampleEntity, { where: { voiceId }, select: { index: true, quality: true } });
  return samples.map(({ index, quality }) => ({ index, quality: quality as QualityFigures | null }));
}

/** Fails a job and unlocks its voice. The last good embedding stays. The transaction must hold the rows of both. */
export async function failEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  job: EmbedJob,
  why: JobFailure,
): Promise<void> {
  await failJob(tx, job, why);
  await markEmbeddingFailed(tx, voice, why.sentence);
  await recordFailedEmbedding(tx, voice);
}
