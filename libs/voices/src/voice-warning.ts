import type { RecordingWarning } from '#libs/audio';
import type { StoredWarning } from '#libs/database';

/** Every warning code and its meaning, as the OpenAPI description lists them. */
export const voiceWarningCodes = {
  damaged_recording: 'part of the recording could not be decoded',
  cut_off_recording: 'the recording ends before the length that it states',
  wrong_length: 'the length that the recording states is not its length',
  gap_in_timestamps: 'the time stamps of the recording have a gap',
  track_passed_over: 'an audio track of the file was not used',
  channel_passed_over: 'an audio channel of the recording was not used',
  data_passed_over: 'the file goes on behind the end of the recording',
  sample_not_embedded: 'the embedding lacks a sample, which has no score and no test samples',
} as const satisfies Record<RecordingWarning['code'] | 'sample_not_embedded', string>;

export type VoiceWarningCode = keyof typeof voiceWarningCodes;

/** A defect of a voice's recording or of a sample that its owner should know. It never makes processing fail. */
export interface VoiceWarning {
  readonly code: VoiceWarningCode;
  /** One sentence that says what is affected: how much of the recording and where, or which sample. */
  readonly message: string;
}

/**
 * Adds new warnings to the known ones. They replace known warnings of the same codes, so that a conversion may report
 * again, and more exactly, what the upload's check or an earlier stage has reported.
 */
export function mergeWarnings(known: readonly StoredWarning[], found: readonly VoiceWarning[]): StoredWarning[] {
  const codes = new Set<string>(found.map(({ code }) => code));
  return [...known.filter(({ code }) => !codes.has(code)), ...found];
}

/** A sample that the last embedding lacks. */
export interface NotEmbeddedSample {
  readonly sampleIndex: number;
  /** Why, as the embedding service says it. */
  readonly message: string;
}

const startOfMessage = (sampleIndex: number): string => `Sample ${sampleIndex} was not embedded: `;

/** Returns the warning about a sample that the last embedding lacks. */
export function sampleNotEmbedded({ sampleIndex, message }: NotEmbeddedSample): VoiceWarning {
  return { code: 'sample_not_embedded', message: startOfMessage(sampleIndex) + message };
}

/** Removes the warnings about samples that the last embedding lacks: those about one sample, or all. */
export function withoutNotEmbedded(known: readonly StoredWarning[], sampleIndex?: number): StoredWarning[] {
  const start = sampleIndex === undefined ? '' : startOfMessage(sampleIndex);
  return known.filter(({ code, message }) => code !== 'sample_not_embedded' || !message.startsWith(start));
}
