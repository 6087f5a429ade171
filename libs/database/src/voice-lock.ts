import type { Transaction } from './database.js';
import { VoiceEntity } from './entities/voice.entity.js';

/**
 * Locks a voice. Every transaction that changes a voice starts with this, decides by the row, then writes.
 *
 * @returns the locked row; null if the voice does not exist (any more)
 */
export function lockVoice(tx: Transaction, voiceId: string): Promise<VoiceEntity | null> {
  return tx.findOne(VoiceEntity, { where: { id: voiceId }, lock: { mode: 'pessimistic_write' } });
}
