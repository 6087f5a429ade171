import { isAppError, AppError } from '#libs/errors';
import { measureCommand } from '../ffmpeg/ffmpeg-command.js';
import { undecodable } from '../ffmpeg/exit-failure.js';
import { conversionLimits } from '../ffmpeg/limits.js';
import { startFfmpeg } from '../ffmpeg/run-ffmpeg.js';
import { measureRecording, ownOpus, type MeasureOptions } from './measure-recording.js';
import { analysisRate, type AnalysisTrack } from './track.js';

/**
 * Measures an Ogg Opus file that claims to be from another Timbre: an original or a sample. It must be as this project
 * writes it, and all of it must decode.
 *
 * An Opus decoder takes any bytes for noise once the header of a packet is right (RFC 6716 §3.4 lists what is not). It
 * drops a packet whose header is wrong, so that the audio is shorter than the file states.
 *
 * @throws AppError `unusable_audio`, `conversion_over_limits`, `conversion_stalled`, `unavailable`; the signal's reason if
 *   it aborts
 */
export async function measureForeign(options: MeasureOptions): Promise<AnalysisTrack> {
  try {
    return await measureRecording(options);
  } catch (error) {
    throw isAppError(error, 'conversion_failed')
      ? AppError.saying('unusable_audio', undecodable, { cause: error })
      : error;
  }
}

/**
 * Decodes an Ogg Opus file that another program may have written, such as the test samples of an engine. ffmpeg must find
 * no error in it.
 *
 * @returns its length in seconds, about
 * @throws as {@link measureForeign}
 */
export async function decodeForeign(options: MeasureOptions): Promise<number> {
  const limits = options.processLimits ?? conversionLimits(options.limits.maxSeconds);
  const run = await startFfmpeg(measureCommand(options.inputPath, ownOpus), { ...options, limits });
  let bytes = 0;
  const maxBytes = options.limits.maxSeconds * analysisRate * bytesPerSample;
  try {
    for await (const chunk of run.output) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw AppError.saying('unusable_audio', `The audio is longer than ${options.limits.maxSeconds} s`);
    }
  } catch (error) {
    throw isAppError(error, 'conversion_failed')
      ? AppError.saying('unusable_audio', undecodable, { cause: error })
      : error;
  }
  if (bytes === 0 || run.log.printsErrors) throw AppError.saying('unusable_audio', undecodable);
  return bytes / bytesPerSample / analysisRate;
}

const bytesPerSample = 2;
