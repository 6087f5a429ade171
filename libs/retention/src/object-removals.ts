import { ObjectRemovalEntity, type Transaction } from '#libs/database';
import { voicePrefix } from '#libs/storage';

/**
 * Time for which replaced objects are kept. Signed URLs of clients live up to 1 h, and a reader that has just read the old
 * key may still open it.
 */
export const keepReplacedSeconds = 4_500;

/**
 * Time for which the inputs of a finished step are kept: the upload of a split, the inbox of an embedding. A backup copies
 * the objects after the database, in whose copy the step may still be running.
 */
export const keepUsedUpSeconds = 900;

/** A step may still write after its voice was deleted, until it detects that its claim is lost. */
const lateWritesSeconds = 45;

/** Rows per INSERT. Postgres accepts 65,535 parameters. */
const removalsAtATime = 1_000;

/**
 * Schedules the removal of objects. Must run in the transaction that removes the references to them.
 *
 * @param targets object keys, or prefixes that end with a slash
 * @param afterSeconds 0 for deleted voices, longer where a signed URL may still be in use
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

/** Schedules the removal of all objects of voices: at once, and again for objects that are written meanwhile. */
export async function eraseVoiceObjects(tx: Transaction, voiceIds: readonly string[]): Promise<void> {
  const folders = voiceIds.map(voicePrefix);
  await removeObjects(tx, folders, 0);
  await removeObjects(tx, folders, lateWritesSeconds);
}
