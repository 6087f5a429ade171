import { rowsOf, SpeechEntity, type Transaction } from '#libs/database';
import { failJob, type JobFailure, type SpeakJob } from '#libs/jobs';
import { removeObjects } from '#libs/retention';

/** A speech that was requested. Its id is that of its job. */
export type NewSpeech = Readonly<
  Pick<SpeechEntity, 'id' | 'voiceId' | 'ttsType' | 'language' | 'text' | 'sampleIndex' | 'seed' | 'embedding'>
>;

/** The audio of a speech, durable in storage under a key that nobody else can write. */
export interface SpokenAudio {
  readonly objectKey: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly durationSeconds: number;
}

const finished = {
  finishedAt: () => 'now()',
  expiresAt: () => `now() + interval '24 hours'`,
} as const;

export async function insertSpeech(tx: Transaction, speech: NewSpeech): Promise<void> {
  await tx.insert(SpeechEntity, speech);
}

export async function completeSpeech(tx: Transaction, id: string, audio: SpokenAudio): Promise<void> {
  await tx.update(SpeechEntity, { id }, { status: 'completed', ...audio, ...finished });
}

/** Fails a job and its speech. The voice is not changed. The transaction must hold the row of the job. */
export async function failSpeech(tx: Transaction, job: SpeakJob, why: JobFailure): Promise<void> {
  await failJob(tx, job, why);
  await tx.update(SpeechEntity, { id: job.id }, { status: 'failed', error: why.sentence, ...finished });
}

/** Removes speeches that ended more than 24 hours ago, with their audio. */
export async function removeExpiredSpeeches(tx: Transaction): Promise<void> {
  const expired = await rowsOf<{ objectKey: string | null }>(
    tx,
    'DELETE FROM speeches WHERE expires_at <= now() RETURNING object_key AS "objectKey"',
    [],
  );
  const files = expired.flatMap(({ objectKey }) => (objectKey === null ? [] : [objectKey]));
  if (files.length > 0) await removeObjects(tx, files, 0);
}
