import { Injectable } from '@nestjs/common';
import {
  Database,
  EmbeddingEntity,
  TestSampleEntity,
  VoiceEntity,
  type EmbedParams,
  type StoredScore,
  type Transaction,
} from '#libs/database';
import { commitFenced, JobsRepository, type ClaimedJob } from '#libs/jobs';
import { keepReplacedSeconds, keepUsedUpSeconds, removeObjects } from '#libs/storage';
import { moveStatus, removeTestSamples } from '#libs/voices';
import { bestScored, sortScores } from './preferred-sample.js';

/** A test sample that was copied to its final key and verified. */
export interface CollectedTestSample {
  readonly sampleIndex: number;
  readonly sentenceIndex: number;
  readonly durationSeconds: number;
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What an embedding run made, all of it durable under keys nobody else can write. */
export interface CollectedEmbedding {
  readonly zipKey: string;
  readonly scores: readonly StoredScore[];
  readonly testSamples: readonly CollectedTestSample[];
  /** The inbox, not needed any more. */
  readonly inboxPrefix: string;
}

/** A statement has at most 65535 parameters (Postgres' protocol, Bind); a test sample is 8. */
const rowsAtATime = 1_000;

/** Makes the results of embedding runs visible. */
@Injectable()
export class EmbeddingResults {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
  ) {}

  /**
   * A run succeeded: zip, scores and test samples take the place of the last ones, and the best sample becomes the
   * preferred one unless a person chose.
   *
   * @throws LostClaim; nothing changed then
   */
  async commit(job: ClaimedJob, made: CollectedEmbedding): Promise<void> {
    const { ttsType } = job.params as EmbedParams;
    await commitFenced(this.database, this.jobs, job, async (tx, voice) => {
      const last = await tx.findOneBy(EmbeddingEntity, { voiceId: voice.id, ttsType });
      if (last?.zipKey) await removeObjects(tx, [last.zipKey], keepReplacedSeconds);
      if (last !== null) await removeTestSamples(tx, { voiceId: voice.id, ttsType });
      await this.writeEmbedding(tx, voice.id, ttsType, made);
      await removeObjects(tx, [made.inboxPrefix], keepUsedUpSeconds);
      await tx.update(
        VoiceEntity,
        { id: voice.id },
        {
          embeddingStatus: moveStatus(voice.embeddingStatus, 'completed'),
          embeddingError: null,
          ...preference(voice, made.scores),
          updatedAt: () => 'now()',
        },
      );
      await this.jobs.complete(tx, job);
    });
  }

  private async writeEmbedding(
    tx: Transaction,
    voiceId: string,
    ttsType: string,
    made: CollectedEmbedding,
  ): Promise<void> {
    await tx
      .createQueryBuilder()
      .insert()
      .into(EmbeddingEntity)
      .values({
        voiceId,
        ttsType,
        lastUpdateStatus: 'success',
        lastUpdateTime: () => 'now()',
        zipKey: made.zipKey,
        scores: sortScores(made.scores),
        stale: false,
      })
      .orUpdate(['last_update_status', 'last_update_time', 'zip_key', 'scores', 'stale'], ['voice_id', 'tts_type'])
      .execute();
    for (let at = 0; at < made.testSamples.length; at += rowsAtATime) {
      await tx.insert(
        TestSampleEntity,
        made.testSamples.slice(at, at + rowsAtATime).map((test) => ({ voiceId, ttsType, ...test })),
      );
    }
  }
}

/** A person's choice stays; else the best sample is preferred. */
function preference(
  voice: VoiceEntity,
  scores: readonly StoredScore[],
): Pick<VoiceEntity, 'preferredSampleIndex' | 'preferredBy'> {
  if (voice.preferredBy === 'person') {
    return { preferredSampleIndex: voice.preferredSampleIndex, preferredBy: voice.preferredBy };
  }
  const best = bestScored(scores);
  return { preferredSampleIndex: best, preferredBy: best === null ? null : 'score' };
}
