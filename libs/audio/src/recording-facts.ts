/**
 * What a recording is and how it is to be decoded, as found before its upload is answered.
 *
 * Plain data: it is stored beside the upload as JSON, so that the conversion does not have to look again.
 */
export interface RecordingFacts {
  /** Length in seconds; null when the container does not say, or cannot be believed. */
  readonly durationSeconds: number | null;
  /** Length in seconds that the container states, believed or not; null when it states none. */
  readonly statedSeconds: number | null;
  /** Time stamp of the first sample; 0, as ffmpeg counts, where the container has none (WAV). */
  readonly startSeconds: number;
  /** ffmpeg's names. */
  readonly formatName: string;
  readonly codecName: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** The audio track to decode, counted from 0 among the audio tracks. */
  readonly track: number;
  readonly trackCount: number;
  /** The only channel to use, counted from 0; null for the mix of all. */
  readonly channel: number | null;
  /** Whether something above `silenceDbfs` was heard. False proves nothing: only a part was listened to. */
  readonly isHeard: boolean;
  /** Whether the length in the header is wrong, so that the file is read to its end. */
  readonly ignoresStatedLength: boolean;
}

/** Nothing above this level (dBFS, of any single sample) is silence. */
export const silenceDbfs = -60;
