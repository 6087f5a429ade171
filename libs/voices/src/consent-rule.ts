import type { Config } from '#libs/config';
import { rowsOf, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';

/** REQUIRE_CONSENT. */
export type ConsentRule = Pick<Config, 'requireConsent'>;

/**
 * Returns whether REQUIRE_CONSENT asks for a consent and the voice has none that is valid.
 *
 * Adding and revoking a consent lock the voice's row. In a transaction that holds it, the answer stays true to the end.
 */
export async function lacksConsent(
  tx: Transaction,
  voiceId: string,
  { requireConsent }: ConsentRule,
): Promise<boolean> {
  if (requireConsent === 'false') return false;
  const valid = 'SELECT 1 FROM consents WHERE voice_id = $1 AND revoked_at IS NULL LIMIT 1';
  return (await rowsOf(tx, valid, [voiceId])).length === 0;
}

/** Refuses to process a voice further if it {@link lacksConsent}. @throws AppError `no_consent` */
export async function refuseWithoutConsent(tx: Transaction, voiceId: string, rule: ConsentRule): Promise<void> {
  if (await lacksConsent(tx, voiceId, rule)) throw AppError.of('no_consent');
}
