import type { Transaction } from './database.js';
import { VoiceEntity } from './entities/voice.entity.js';

/**
 * The lock: every change of a voice begins its transaction with this, decides from the row, then writes.
 *
 * @returns the voice's row, held until the transaction ends; null when there is no such voice (any more)
 */
export function lockVoice(tx: Transaction, voiceId: string): Promise<VoiceEntity | null> {
  return tx.findOne(VoiceEntity, { where: { id: voiceId }, lock: { mode: 'pessimistic_write' } });
}
