import { randomUUID } from 'node:crypto';
import { recordChange } from '#libs/audit';
import { ConsentEntity, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { maxConsentsPerVoice, type ConsentInfo } from './consents.service.js';

/** A consent that came with an archive. Its objects are durable in storage. */
export type ImportedConsent = Omit<ConsentInfo, 'id'>;

/**
 * Inserts the consents of a voice that is being imported. Somebody may have added others meanwhile. They are what the archive
 * says, which the audit log shows. The transaction must hold the voice's row.
 *
 * @param consents in the order in which they are to be listed
 * @throws AppError `too_many_consents`
 */
export async function insertImportedConsents(
  tx: Transaction,
  { id: voiceId, partnerId }: { readonly id: string; readonly partnerId: string },
  consents: readonly ImportedConsent[],
): Promise<void> {
  if (consents.length === 0) return;
  const count = await tx.countBy(ConsentEntity, { voiceId });
  if (count + consents.length > maxConsentsPerVoice) throw AppError.of('too_many_consents');
  // Consents of the same second are listed by their ids.
  const ids = consents.map(() => randomUUID()).sort();
  const rows = consents.map((consent, at) => ({ ...consent, id: ids[at] ?? randomUUID(), voiceId }));
  await tx.insert(ConsentEntity, rows);
  for (const { id, method, textVersion } of rows) {
    const details = { consent: id, method, text_version: textVersion, imported: 'true' };
    await recordChange(tx, { action: 'consent.add', partnerId, voiceId, details });
  }
}
