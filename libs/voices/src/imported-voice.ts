import { rowsOf, type ImportParams, type Transaction, type VoiceEntity } from '#libs/database';
import { emitEvent } from '#libs/events';
import { insertJob } from '#libs/jobs';
import { originalFilename } from './recording-name.js';
import { updateVoice } from './voice-rows.js';

/** The voice that an import makes. Until that has ended, it has nothing but its name. */
export interface ImportingVoice {
  /** The caller chooses it, because the archive is stored under it before the row exists. */
  readonly id: string;
  readonly partnerId: string;
  /** Returned by `parseVoiceName`. */
  readonly name: string;
}

/**
 * Inserts a voice that is locked by its import, and the job of that.
 *
 * @returns false if the partner has a voice of this name; nothing is written then
 */
export async function startImport(tx: Transaction, voice: ImportingVoice, archive: ImportParams): Promise<boolean> {
  const { id: voiceId, partnerId, name } = voice;
  const inserted = await rowsOf(
    tx,
    `INSERT INTO voices (id, partner_id, name, splitting_status) VALUES ($1, $2, $3, 'in_progress')
     ON CONFLICT ON CONSTRAINT voices_partner_id_name_unique DO NOTHING RETURNING id`,
    [voiceId, partnerId, name],
  );
  if (inserted.length === 0) return false;
  await emitEvent(tx, { type: 'voice.updated', voiceId });
  await insertJob(tx, { voiceId, partnerId, kind: 'import', params: archive });
  return true;
}

/** Returns names for a voice, the next one for when the one before is taken: `a`, `a (2)`, `a (3)`, up to 1,000. */
export function* freeNames(name: string): Generator<string> {
  yield name;
  for (let number = 2; number <= mostNames; number += 1) {
    const end = ` (${number})`;
    yield (
      [...name]
        .slice(0, longestName - end.length)
        .join('')
        .trimEnd() + end
    );
  }
}

const [mostNames, longestName] = [1_000, 255];

/** Returns which of the names the partner's voices have. */
export async function takenNames(tx: Transaction, partnerId: string, names: readonly string[]): Promise<Set<string>> {
  const rows = await rowsOf<{ readonly name: string }>(
    tx,
    'SELECT name FROM voices WHERE partner_id = $1 AND name = ANY($2)',
    [partnerId, names],
  );
  return new Set(rows.map(({ name }) => name));
}

/** What an archive says about a voice itself. */
export type ImportedColumns = Readonly<
  Pick<
    VoiceEntity,
    | ('creatorName' | 'creatorEmail' | 'description' | 'labels' | 'language' | 'createdAt')
    | ('originalUploadedName' | 'originalDurationSeconds' | 'originalRemovedAt' | 'originalMissing' | 'warnings')
    | ('originalKey' | 'originalBytes' | 'analysisKey' | 'analysisBytes')
    | ('splittingStatus' | 'embeddingStatus' | 'splittingError' | 'embeddingError' | 'embeddingType')
    | ('nextSampleIndex' | 'sampleCount' | 'preferredSampleIndex' | 'preferredBy')
  >
>;

/**
 * Fills the row of a voice that was imported, which unlocks it. Its statuses are those of the archive: this is the only move
 * that `voice-status.ts` does not list, and no status that it sets is `in_progress`.
 */
export async function completeImport(tx: Transaction, voiceId: string, columns: ImportedColumns): Promise<void> {
  const { originalUploadedName, splittingStatus, sampleCount } = columns;
  await updateVoice(tx, voiceId, {
    ...columns,
    originalFilename: originalUploadedName === null ? null : originalFilename(originalUploadedName),
  });
  if (splittingStatus !== 'completed') return;
  await emitEvent(tx, { type: 'voice.split.completed', voiceId, data: { sample_count: sampleCount } });
}
