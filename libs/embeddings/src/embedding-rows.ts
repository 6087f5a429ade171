import {
  EmbeddingEntity,
  EmbeddingRunEntity,
  TestSampleEntity,
  rowsOf,
  type StoredScore,
  type Transaction,
  type VoiceEntity,
} from '#libs/database';
import { keepReplacedSeconds, removeObjects } from '#libs/retention';

/** A test sample whose audio is durable in storage. */
export type NewTestSample = Readonly<
  Pick<TestSampleEntity, 'sampleIndex' | 'sentenceIndex' | 'durationSeconds' | 'objectKey' | 'bytes' | 'sha256'>
>;

/** The results of a successful embedding run, durable in storage. */
export interface NewEmbedding extends Readonly<
  Pick<EmbeddingRunEntity, 'archiveKey' | 'engine' | 'language' | 'testSentences' | 'sampleEmbeddings'>
> {
  /** Size of the archive; 0 if it is made while it is sent. */
  readonly archiveBytes: number;
  /** Best first. */
  readonly scores: readonly StoredScore[];
  readonly testSamples: readonly NewTestSample[];
}

const resultColumns = 'last_update_status last_update_time zip_key zip_bytes sized_zip_key scores stale'.split(' ');

/** A statement has at most 65,535 parameters (Postgres' protocol, Bind); a test sample needs 8. */
const rowsAtATime = 1_000;

/** Replaces the voice's embedding of a tts type: its run, scores and test samples. */
export async function replaceEmbedding(
  tx: Transaction,
  voiceId: string,
  ttsType: string,
  made: NewEmbedding,
): Promise<void> {
  await replaceRun(tx, { voiceId, ttsType }, made);
  await removeTestSamples(tx, { voiceId, ttsType });
  await tx
    .createQueryBuilder()
    .insert()
    .into(EmbeddingEntity)
    .values({
      voiceId,
      ttsType,
      lastUpdateStatus: 'success',
      lastUpdateTime: () => 'now()',
      zipKey: made.archiveKey,
      zipBytes: made.archiveBytes,
      sizedZipKey: made.archiveKey,
      scores: [...made.scores],
      stale: false,
    })
    .orUpdate(resultColumns, ['voice_id', 'tts_type'])
    .execute();
  for (let at = 0; at < made.testSamples.length; at += rowsAtATime) {
    await tx.insert(
      TestSampleEntity,
      made.testSamples.slice(at, at + rowsAtATime).map((test) => ({ voiceId, ttsType, ...test })),
    );
  }
}

/**
 * Makes a run the current one. The files of the run before stay as long as signed URLs can name them; its row stays until
 * the next replacement after that.
 */
async function replaceRun(
  tx: Transaction,
  of: { readonly voiceId: string; readonly ttsType: string },
  made: NewEmbedding,
): Promise<void> {
  const last = await tx.findOneBy(EmbeddingEntity, of);
  const runs = await rowsOf<Pick<EmbeddingRunEntity, 'archiveKey' | 'sampleEmbeddings'>>(
    tx,
    `UPDATE embedding_runs SET replaced_at = now() WHERE voice_id = $1 AND tts_type = $2 AND replaced_at IS NULL
     RETURNING archive_key AS "archiveKey", sample_embeddings AS "sampleEmbeddings"`,
    [of.voiceId, of.ttsType],
  );
  const files = new Set([
    ...(last?.zipKey ? [last.zipKey] : []), // it has no run if a release from before has stored it
    ...runs.flatMap((run) => [run.archiveKey, ...run.sampleEmbeddings.map((embedding) => embedding.objectKey)]),
  ]);
  if (files.size > 0) await removeObjects(tx, [...files], keepReplacedSeconds);
  await tx.query(
    `DELETE FROM embedding_runs WHERE voice_id = $1 AND tts_type = $2
       AND replaced_at < now() - $3::int * interval '1 second'`,
    [of.voiceId, of.ttsType, keepReplacedSeconds],
  );
  const { archiveKey, engine, language, testSentences, sampleEmbeddings } = made;
  await tx.insert(EmbeddingRunEntity, { ...of, archiveKey, engine, language, testSentences, sampleEmbeddings });
}

/** Records that the last embedding run failed. The results of the last successful run stay. */
export async function recordFailedEmbedding(tx: Transaction, voice: VoiceEntity): Promise<void> {
  await tx
    .createQueryBuilder()
    .insert()
    .into(EmbeddingEntity)
    .values({
      voiceId: voice.id,
      ttsType: voice.embeddingType,
      lastUpdateStatus: 'failed',
      lastUpdateTime: () => 'now()',
    })
    .orUpdate(['last_update_status', 'last_update_time'], ['voice_id', 'tts_type'])
    .execute();
}

/** Marks all embeddings of a voice stale: a sample was added or removed. Scores stay, as no index is used again. */
export async function markEmbeddingsStale(tx: Transaction, voiceId: string): Promise<void> {
  await tx.update(EmbeddingEntity, { voiceId }, { stale: true });
}

/** Clears what embeddings say about single samples: all samples were replaced, so indexes mean other audio. */
export async function clearSampleResults(tx: Transaction, voiceId: string): Promise<void> {
  await tx.update(EmbeddingEntity, { voiceId }, { stale: true, scores: [] });
  await removeTestSamples(tx, { voiceId });
}

/** Removes test samples of a voice, of one tts type or of all. Their files stay until no signed URL can name them. */
export async function removeTestSamples(
  tx: Transaction,
  which: { readonly voiceId: string; readonly ttsType?: string },
): Promise<void> {
  const files = await tx.find(TestSampleEntity, { where: which, select: { objectKey: true } });
  if (files.length === 0) return;
  await removeObjects(
    tx,
    files.map((file) => file.objectKey),
    keepReplacedSeconds,
  );
  await tx.delete(TestSampleEntity, which);
}
