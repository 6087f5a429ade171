import { AppError } from '#libs/errors';
import type { ProcessingStatus, VoiceEntity } from '#libs/database';

/** Every move a status may make; there are no others. */
export const statusTransitions: Readonly<Record<ProcessingStatus, readonly ProcessingStatus[]>> = {
  idle: ['in_progress'],
  in_progress: ['completed', 'failed'],
  completed: ['in_progress', 'idle'],
  failed: ['in_progress', 'idle'],
};

/**
 * The next status, if the table allows the move.
 *
 * `idle` is reached only by an embedding whose samples were all replaced. @throws Error: such a move is a defect
 */
export function moveStatus(from: ProcessingStatus, to: ProcessingStatus): ProcessingStatus {
  if (!statusTransitions[from].includes(to)) throw new Error(`status may not move from ${from} to ${to}`);
  return to;
}

type Statuses = Pick<VoiceEntity, 'splittingStatus' | 'embeddingStatus'>;

/** Locked voices refuse every change. */
export function isLocked(voice: Statuses): boolean {
  return voice.splittingStatus === 'in_progress' || voice.embeddingStatus === 'in_progress';
}

/** @throws AppError `voice_locked` */
export function refuseIfLocked(voice: Statuses): void {
  if (isLocked(voice)) throw AppError.of('voice_locked');
}
