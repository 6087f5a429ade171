import type { Config } from '#libs/config';
import type { Transaction, VoiceEntity } from '#libs/database';
import { isAppError } from '#libs/errors';
import { markEmbeddingRefused, startEmbedding, type ConsentRule } from '#libs/voices';
import { recordFailedEmbedding } from './embedding-rows.js';
import { embedParams } from './test-sentences.js';

/**
 * Starts the embedding that follows a first split without a request. If the voice may not be embedded, the split counts all
 * the same: the embedding fails with the reason, and can be requested later. The transaction must hold the voice's row.
 */
export async function startFirstEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  config: ConsentRule & Pick<Config, 'testSentences'>,
): Promise<void> {
  try {
    await startEmbedding(tx, voice, embedParams(voice, {}, config.testSentences), config);
  } catch (error) {
    if (!isAppError(error, 'no_consent')) throw error;
    await markEmbeddingRefused(tx, voice, error.message);
    await recordFailedEmbedding(tx, voice.id, voice.embeddingType);
  }
}
