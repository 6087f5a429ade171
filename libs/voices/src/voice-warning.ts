import type { RecordingWarning } from '#libs/audio';
import type { StoredWarning } from '#libs/database';

/** Every warning code and its meaning, as the API's description lists them. */
export const voiceWarningCodes = {
  damaged_recording: 'part of the recording could not be decoded',
  cut_off_recording: 'the recording ends before the length that it states',
  wrong_length: 'the length that the recording states is not its length',
  gap_in_timestamps: 'the time stamps of the recording have a gap',
  track_passed_over: 'an audio track of the file was not used',
  channel_passed_over: 'an audio channel of the recording was not used',
} as const satisfies Record<RecordingWarning['code'], string>;

export type VoiceWarningCode = keyof typeof voiceWarningCodes;

/** Something in a voice's recording that its owner should know. A warning never fails a voice. */
export interface VoiceWarning {
  readonly code: VoiceWarningCode;
  /** One sentence with the facts: how much, where. */
  readonly message: string;
}

/**
 * Adds what was found in a recording to what was known of it. New warnings of a code replace the known ones of that code,
 * so that a conversion may report again, and more exactly, what an earlier stage or the upload's check reported.
 */
export function mergeWarnings(known: readonly StoredWarning[], found: readonly VoiceWarning[]): StoredWarning[] {
  const codes = new Set<string>(found.map(({ code }) => code));
  return [...known.filter(({ code }) => !codes.has(code)), ...found];
}
