import { SampleEntity, type Transaction } from '#libs/database';
import type { StoredSample } from './samples.service.js';

/**
 * Inserts the samples of a voice that is being imported and has none. Their audio must be durable in storage, and the
 * transaction must hold the voice's row.
 */
export async function insertImportedSamples(
  tx: Transaction,
  voiceId: string,
  samples: readonly StoredSample[],
): Promise<void> {
  if (samples.length === 0) return;
  await tx.insert(
    SampleEntity,
    samples.map((sample) => ({ voiceId, ...sample })),
  );
}
