import { lockVoice, type Database, type Transaction, type VoiceEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import { refuseIfLocked } from './voice-status.js';

/**
 * Every change a request makes to a voice: the row is locked first, 409 is decided from it, then the change is written.
 *
 * @throws AppError `voice_not_found` | `voice_locked`, or what `change` throws; nothing is written then
 */
export function changeVoice<T>(
  database: Database,
  voiceId: string,
  change: (tx: Transaction, voice: VoiceEntity) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    const voice = await lockVoice(tx, voiceId);
    if (voice === null) throw AppError.of('voice_not_found');
    refuseIfLocked(voice);
    return change(tx, voice);
  });
}
