import { createReadStream } from 'node:fs';
import { AppError } from '#libs/errors';
import type { EncodeOptions } from '../ffmpeg/encode-opus.js';
import { measureCommand, type DecodePlan } from '../ffmpeg/ffmpeg-command.js';
import { conversionLimits } from '../ffmpeg/limits.js';
import { startFfmpeg } from '../ffmpeg/run-ffmpeg.js';
import { readOpusStream } from '../ogg/opus-stream.js';
import { RunMeter } from './run-meter.js';
import type { AnalysisTrack } from './track.js';

export type MeasureOptions = Pick<
  EncodeOptions,
  'tools' | 'inputPath' | 'workFolder' | 'limits' | 'processLimits' | 'signal'
>;

/** How to decode what this project has written. */
export const ownOpus: DecodePlan = {
  ...{ track: 0, channel: null, ignoresStatedLength: false },
  ...{ formatName: 'ogg', codecName: 'opus' },
};

/**
 * Measures an Ogg Opus file that this project has written: an original from before there were analysis tracks. Decodes
 * it, which takes a third of the CPU of an encode, most of it in ffmpeg's Opus decoder (docs/performance.md).
 *
 * @throws AppError `conversion_failed` if it is not such a file, `conversion_over_limits`, `conversion_stalled`; the
 *   signal's reason if it aborts
 */
export async function measureRecording(options: MeasureOptions): Promise<AnalysisTrack> {
  const { inputPath, signal } = options;
  const totalSamples = await lengthOf(inputPath, signal);
  const limits = options.processLimits ?? conversionLimits(options.limits.maxSeconds);
  const run = await startFfmpeg(measureCommand(inputPath, ownOpus), { ...options, limits });
  const meter = new RunMeter();
  for await (const chunk of run.output) meter.push(chunk);
  const track = meter.track(totalSamples);
  if (track === null) throw AppError.of('conversion_failed', { cause: new Error('Its length is not the stated one') });
  return track;
}

async function lengthOf(path: string, signal: AbortSignal | undefined): Promise<number> {
  const stream = await readOpusStream(createReadStream(path));
  for await (const packets of stream.batches) if (packets.length > 0) signal?.throwIfAborted();
  return stream.totalSamples();
}
