import { ObjectRemovalEntity, type Transaction } from '#libs/database';
import { voicePrefix } from './object-keys.js';

/**
 * Bytes that were replaced stay until the longest URL a client may hold (1 h) has expired, and a reader that was just
 * told the old key has opened it.
 */
export const keepReplacedSeconds = 4_500;

/**
 * What a finished step has used up, the upload of a split and the inbox of an embedding, stays a quarter of an hour: in
 * a backup the copy of the objects follows that of the database, to which the step may still be under way.
 */
export const keepUsedUpSeconds = 900;

/** A step that was at work when its voice went may still write for a moment, until it finds its claim lost. */
const lateWritesSeconds = 45;

/** Removals one statement inserts; Postgres takes 65,535 parameters. */
const removalsAtATime = 1_000;

/**
 * Notes, in the transaction that makes bytes nobody's, that they must go.
 *
 * @param targets object keys, or prefixes ending with a slash
 * @param afterSeconds 0 for people's voices; longer where a signed URL may still be in use
 */
export async function removeObjects(tx: Transaction, targets: readonly string[], afterSeconds: number): Promise<void> {
  const dueAt = (): string => `now() + ${Math.ceil(afterSeconds)} * interval '1 second'`;
  for (let at = 0; at < targets.length; at += removalsAtATime) {
    await tx.insert(
      ObjectRemovalEntity,
      targets.slice(at, at + removalsAtATime).map((target) => ({ target, dueAt })),
    );
  }
}

/** Everything of these voices goes: at once, and once more for what was written while it went. */
export async function eraseVoiceObjects(tx: Transaction, voiceIds: readonly string[]): Promise<void> {
  const folders = voiceIds.map(voicePrefix);
  await removeObjects(tx, folders, 0);
  await removeObjects(tx, folders, lateWritesSeconds);
}
