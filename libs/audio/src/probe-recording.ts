import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#libs/errors';
import type { AudioTools } from './audio-tools.js';
import { undecodable } from './exit-failure.js';
import { decodeStartCommand, probeArguments } from './ffmpeg-command.js';
import { lengthToleranceSamples, probeLimits, type RecordingLimits } from './limits.js';
import { samplesPerSecond } from './opus-packet.js';
import { objectionTo, readProbeReport, tooShort, type RecordingFacts } from './probe-report.js';
import { startFfmpeg, type RunOptions } from './run-ffmpeg.js';
import { runFfprobe } from './run-ffprobe.js';

const sampleBytes = 2;

export interface ProbeOptions {
  readonly tools: AudioTools;
  /** The upload, in a folder of its own. */
  readonly inputPath: string;
  readonly limits: RecordingLimits;
  readonly signal?: AbortSignal;
}

/**
 * Looks at an upload before it is answered: is it a recording that can be taken? About 0.1 s.
 *
 * A header alone proves nothing, so the shortest allowed length is also decoded. A length the container does not state,
 * or states in a way that cannot be true, is null and passes: `encodeOpus` enforces the limit while converting.
 *
 * @throws AppError `unusable_audio` with one sentence that says why the file is not taken; the signal's reason
 */
export async function probeRecording(options: ProbeOptions): Promise<RecordingFacts> {
  const { tools, inputPath, limits, signal } = options;
  const { size: fileBytes } = await stat(inputPath);
  if (fileBytes === 0) throw unusable('The file is empty');
  const run: RunOptions = { tools, limits: probeLimits, workFolder: dirname(inputPath), signal };

  const facts = await readFacts(inputPath, fileBytes, run);
  const objection = objectionTo(facts, limits);
  if (objection !== undefined) throw unusable(objection);

  const neededSamples = limits.minSeconds * samplesPerSecond;
  const decodedSamples = await decodeStart(inputPath, limits.minSeconds, run);
  if (decodedSamples >= neededSamples - lengthToleranceSamples) return facts;
  const promisedMore = facts.durationSeconds !== null && facts.durationSeconds >= limits.minSeconds;
  throw unusable(decodedSamples === 0 || promisedMore ? undecodable : tooShort(limits));
}

/** What the recording's container says. @throws AppError `unusable_audio` when that makes no sense */
export async function readFacts(inputPath: string, fileBytes: number, run: RunOptions): Promise<RecordingFacts> {
  const { stdout, exit } = await runFfprobe(probeArguments(inputPath), run);
  const cause = new Error(`ffprobe ended with ${exit.code ?? exit.signal ?? ''}: ${exit.stderr.trim()}`);
  if (exit.code !== 0) throw unusable(undecodable, cause);
  const facts = readProbeReport({ stdout, stderr: exit.stderr, fileBytes });
  if (typeof facts === 'string') throw unusable(facts, cause);
  return facts;
}

/** How many 48 kHz samples the start of the recording gives, at most `seconds` of them. */
async function decodeStart(inputPath: string, seconds: number, run: RunOptions): Promise<number> {
  let bytes = 0;
  try {
    const decoding = await startFfmpeg(decodeStartCommand(inputPath, seconds), run);
    for await (const chunk of decoding.output) bytes += chunk.length;
  } catch (error) {
    // A broken start is judged by what it gave; an abort or a tool that does not start is not the file's fault.
    if (!(error instanceof AppError)) throw error;
  }
  return bytes / sampleBytes;
}

function unusable(sentence: string, cause?: unknown): AppError {
  return AppError.saying('unusable_audio', sentence, { cause });
}
