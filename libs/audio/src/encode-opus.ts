import { AppError } from '#libs/errors';
import type { AudioTools } from './audio-tools.js';
import { encodeCommand } from './ffmpeg-command.js';
import { conversionLimits, lengthToleranceSamples, type ProcessLimits, type RecordingLimits } from './limits.js';
import { packetSamples, samplesPerSecond } from './opus-packet.js';
import { readOpusStream, type OpusStream } from './opus-stream.js';
import { tooLong, tooShort } from './probe-report.js';
import type { RecordingFacts } from './recording-facts.js';
import { startFfmpeg } from './run-ffmpeg.js';
import type { TimeJump } from './run-log.js';

export interface EncodeOptions {
  readonly tools: AudioTools;
  /** The recording; a path made from ids. */
  readonly inputPath: string;
  /** What `probeRecording` has found; how it is decoded. */
  readonly facts: RecordingFacts;
  /** A folder of this job's own. */
  readonly workFolder: string;
  readonly limits: RecordingLimits;
  /** `conversionLimits` of the longest recording unless told. */
  readonly processLimits?: ProcessLimits;
  readonly signal?: AbortSignal | undefined;
  /** Hears how much audio was encoded so far, once per batch. */
  readonly onProgress?: ((encodedSeconds: number) => void) | undefined;
}

/** A recording being encoded. */
export interface OpusEncoding extends OpusStream {
  /** Where the time stamps jump, of what was decoded so far. */
  jumps(): readonly TimeJump[];
  /** Ends ffmpeg, if it still runs, and waits until it is gone. Needed only when `batches` is never read. */
  close(): Promise<void>;
}

/**
 * Decodes and encodes a recording once: 48 kHz mono Opus, 96 kbit/s, in 20 ms packets that come as they are made.
 *
 * Back-pressure reaches ffmpeg: it waits while `batches` is not read. `batches` ends only when ffmpeg has succeeded and
 * the whole recording was within the limits; publish nothing before. A reader that leaves early ends ffmpeg.
 *
 * @returns when the first packets are there
 * @throws here or from `batches`: AppError `unusable_audio` (too long, too short, mostly undecodable),
 *   `conversion_failed`, `conversion_over_limits`, `conversion_stalled`; the signal's reason when it aborts
 */
export async function encodeOpus(options: EncodeOptions): Promise<OpusEncoding> {
  const { inputPath, facts, limits, onProgress } = options;
  const processLimits = options.processLimits ?? conversionLimits(limits.maxSeconds);
  const run = await startFfmpeg(encodeCommand(inputPath, facts), { ...options, limits: processLimits });
  try {
    const stream = await readOpusStream(run.output);
    return {
      preSkip: stream.preSkip,
      batches: withinLimits(stream, limits, onProgress),
      totalSamples: () => stream.totalSamples(),
      jumps: () => run.log.jumps,
      close: () => run.close(new Error('The encoding was closed')),
    };
  } catch (error) {
    await run.close(error);
    throw error;
  }
}

/** A stream that fails as soon as it is over the limits, or at its end when it is under them. */
export async function* withinLimits(
  stream: OpusStream,
  limits: RecordingLimits,
  onProgress: EncodeOptions['onProgress'],
): AsyncGenerator<readonly Uint8Array[]> {
  const mostSamples = limits.maxSeconds * samplesPerSecond + lengthToleranceSamples;
  const leastSamples = limits.minSeconds * samplesPerSecond - lengthToleranceSamples;
  let packets = 0;
  for await (const batch of stream.batches) {
    packets += batch.length;
    const encodedSamples = packets * packetSamples - stream.preSkip;
    // The last packet may hold padding that is trimmed.
    if (encodedSamples - packetSamples >= mostSamples) throw AppError.saying('unusable_audio', tooLong(limits));
    onProgress?.(Math.max(0, encodedSamples) / samplesPerSecond);
    yield batch;
  }
  const total = stream.totalSamples();
  if (total > mostSamples) throw AppError.saying('unusable_audio', tooLong(limits));
  if (total < leastSamples) throw AppError.saying('unusable_audio', tooShort(limits));
}
