import { lockVoice, type Database, type Transaction, type VoiceEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import { refuseIfLocked } from './voice-status.js';

/**
 * Runs a change of a voice that a request asks for, in one transaction: locks the row, refuses the change if the voice is
 * in processing, then writes.
 *
 * @throws AppError `voice_not_found` | `voice_locked`, or whatever `change` throws; nothing is written then
 */
export function changeVoice<T>(
  database: Database,
  voiceId: string,
  change: (tx: Transaction, voice: VoiceEntity) => Promise<T>,
): Promise<T> {
  return changeAnyVoice(database, voiceId, (tx, voice) => {
    refuseIfLocked(voice);
    return change(tx, voice);
  });
}

/** As {@link changeVoice}, for changes that a voice in processing allows. */
export function changeAnyVoice<T>(
  database: Database,
  voiceId: string,
  change: (tx: Transaction, voice: VoiceEntity) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    const voice = await lockVoice(tx, voiceId);
    if (voice === null) throw AppError.of('voice_not_found');
    return change(tx, voice);
  });
}
