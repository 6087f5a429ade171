import { AppError } from '#libs/errors';
import type { ProcessingStatus, VoiceEntity } from '#libs/database';

/** Every move that a status may make. */
export const statusTransitions: Readonly<Record<ProcessingStatus, readonly ProcessingStatus[]>> = {
  idle: ['in_progress'],
  in_progress: ['completed', 'failed'],
  completed: ['in_progress', 'idle'],
  failed: ['in_progress', 'idle'],
};

/**
 * Returns `to`, if the table allows the move. Only an embedding moves back to `idle`: when all its samples are replaced.
 *
 * @throws Error for any other move, which is a defect
 */
export function moveStatus(from: ProcessingStatus, to: ProcessingStatus): ProcessingStatus {
  if (!statusTransitions[from].includes(to)) throw new Error(`status may not move from ${from} to ${to}`);
  return to;
}

type Statuses = Pick<VoiceEntity, 'splittingStatus' | 'embeddingStatus'>;

/** Returns whether the voice is in processing. A locked voice refuses every change. */
export function isLocked(voice: Statuses): boolean {
  return voice.splittingStatus === 'in_progress' || voice.embeddingStatus === 'in_progress';
}

/** @throws AppError `voice_locked` */
export function refuseIfLocked(voice: Statuses): void {
  if (isLocked(voice)) throw AppError.of('voice_locked');
}
