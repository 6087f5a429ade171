import type { FileKind } from '../document-files.js';

/** How long audio of an archive may be. */
export interface AudioLimits {
  readonly maxRecordingSeconds: number;
  readonly maxSampleSeconds: number;
}

/** Returns the longest audio of a kind in seconds. */
export function longest(kind: FileKind, { maxRecordingSeconds, maxSampleSeconds }: AudioLimits): number {
  return kind === 'original' ? maxRecordingSeconds : maxSampleSeconds;
}
