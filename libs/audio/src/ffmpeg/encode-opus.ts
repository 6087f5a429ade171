import { AppError } from '#libs/errors';
import { RunMeter } from '../analysis/run-meter.js';
import type { AnalysisTrack } from '../analysis/track.js';
import type { AudioTools } from './audio-tools.js';
import { encodeCommand } from './ffmpeg-command.js';
import { conversionLimits, lengthToleranceSamples, type ProcessLimits, type RecordingLimits } from './limits.js';
import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import { readOpusStream, type OpusStream } from '../ogg/opus-stream.js';
import { tooLong, tooShort } from '../probing/probe-report.js';
import type { RecordingFacts } from '../probing/recording-facts.js';
import { startFfmpeg } from './run-ffmpeg.js';
import type { TimeJump } from './run-log.js';

export interface EncodeOptions {
  readonly tools: AudioTools;
  /** The recording. The path is made of ids. */
  readonly inputPath: string;
  /** Result of `probeRecording`: says how to decode the recording. */
  readonly facts: RecordingFacts;
  /** A folder that only this job uses. */
  readonly workFolder: string;
  readonly limits: RecordingLimits;
  /** Default: `conversionLimits` of the longest recording. */
  readonly processLimits?: ProcessLimits;
  readonly signal?: AbortSignal | undefined;
  /** Called once per batch with the audio encoded so far. */
  readonly onProgress?: ((encodedSeconds: number) => void) | undefined;
}

/** The analysis track of a recording, which is measured while it is encoded. */
export interface TrackSource {
  /**
   * Returns the whole track. Null if channels or sample rate change midway: ffmpeg then drops audio of the track, and
   * `measureRecording` has to measure the encoded file.
   *
   * @throws Error until `batches` was read to its end
   */
  track(): AnalysisTrack | null;
}

/** A recording being encoded. */
export interface OpusEncoding extends OpusStream, TrackSource {
  /** Returns the time jumps in the audio decoded so far. */
  jumps(): readonly TimeJump[];
  /** Ends ffmpeg if it still runs, and waits for its exit. Needed only if `batches` is never read. */
  close(): Promise<void>;
}

/**
 * Decodes a recording and encodes it as 48 kHz mono Opus, 96 kbit/s. Yields the 20 ms packets as ffmpeg makes them.
 *
 * Back-pressure reaches ffmpeg: it waits while `batches` is not read. `batches` ends without an error only if ffmpeg has
 * succeeded and the whole recording is within the limits; publish nothing before. A reader that stops early ends ffmpeg.
 *
 * @returns once the first packets exist
 * @throws here or from `batches`: AppError `unusable_audio` (too long, too short, mostly undecodable),
 *   `conversion_failed`, `conversion_over_limits`, `conversion_stalled`; the signal's reason if it aborts
 */
export async function encodeOpus(options: EncodeOptions): Promise<OpusEncoding> {
  const { inputPath, facts, limits, onProgress } = options;
  const processLimits = options.processLimits ?? conversionLimits(limits.maxSeconds);
  const meter = new RunMeter();
  const onPcm = (chunk: Buffer): void => meter.push(chunk);
  const run = await startFfmpeg(encodeCommand(inputPath, facts), { ...options, limits: processLimits, onPcm });
  try {
    const stream = await readOpusStream(run.output);
    return {
      preSkip: stream.preSkip,
      batches: withinLimits(stream, limits, onProgress),
      totalSamples: () => stream.totalSamples(),
      jumps: () => [...run.log.lostStart, ...run.log.jumps],
      track: () => meter.track(stream.totalSamples()),
      close: () => run.close(new Error('The encoding was closed')),
    };
  } catch (error) {
    await run.close(error);
    throw error;
  }
}

/** Passes a stream on. Throws as soon as it is too long, or at its end if it is too short. */
export async function* withinLimits(
  stream: OpusStream,
  limits: RecordingLimits,
  onProgress: EncodeOptions['onProgress'],
): AsyncGenerator<readonly Uint8Array[]> {
  const maxSamples = limits.maxSeconds * samplesPerSecond + lengthToleranceSamples;
  const minSamples = limits.minSeconds * samplesPerSecond - lengthToleranceSamples;
  let packets = 0;
  for await (const batch of stream.batches) {
    packets += batch.length;
    const encodedSamples = packets * packetSamples - stream.preSkip;
    // The last packet may contain padding that is trimmed.
    if (encodedSamples - packetSamples >= maxSamples) throw AppError.saying('unusable_audio', tooLong(limits));
    onProgress?.(Math.max(0, encodedSamples) / samplesPerSecond);
    yield batch;
  }
  const total = stream.totalSamples();
  if (total > maxSamples) throw AppError.saying('unusable_audio', tooLong(limits));
  if (total < minSamples) throw AppError.saying('unusable_audio', tooShort(limits));
}
