import { ObjectRemovalEntity, type Transaction } from '#libs/database';

/**
 * Bytes that were replaced stay until the longest URL a client may hold (1 h) has expired, and a reader that was just
 * told the old key has opened it.
 */
export const keepReplacedSeconds = 4_500;

/**
 * Notes, in the transaction that makes bytes nobody's, that they must go.
 *
 * @param targets object keys, or prefixes ending with a slash
 * @param afterSeconds 0 for people's voices; longer where a signed URL may still be in use
 */
export async function removeObjects(tx: Transaction, targets: readonly string[], afterSeconds: number): Promise<void> {
  if (targets.length === 0) return;
  const dueAt = (): string => `now() + ${Math.ceil(afterSeconds)} * interval '1 second'`;
  await tx.insert(
    ObjectRemovalEntity,
    targets.map((target) => ({ target, dueAt })),
  );
}
