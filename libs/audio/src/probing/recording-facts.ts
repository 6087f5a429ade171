/**
 * What a recording is and how to decode it, as found before the response to its upload.
 *
 * Plain data that is stored with the upload as JSON, so that the conversion does not have to probe again.
 */
export interface RecordingFacts {
  /** Length in seconds; null if the container states none, or an impossible one. */
  readonly durationSeconds: number | null;
  /** Length in seconds that the container states, even an impossible one; null if it states none. */
  readonly statedSeconds: number | null;
  /** Time stamp of the first sample; 0, as in ffmpeg, if the container has none (WAV). */
  readonly startSeconds: number;
  /** ffmpeg's names. */
  readonly formatName: string;
  readonly codecName: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** The audio track to decode, from 0, counting audio tracks only. */
  readonly track: number;
  readonly trackCount: number;
  /** The only channel to use, from 0; null for the mix of all. */
  readonly channel: number | null;
  /** True if something above `silenceDbfs` was heard. False proves nothing, as only a part was decoded. */
  readonly isHeard: boolean;
  /** True if the length in the header is wrong, so that the file is read to its end. */
  readonly ignoresStatedLength: boolean;
  /** Bytes of the file past the end of the recording, which are not used. */
  readonly bytesBehindEnd: number;
}

/** A recording is silent if no sample is above this level (dBFS). */
export const silenceDbfs = -60;
