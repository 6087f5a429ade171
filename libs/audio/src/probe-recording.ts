import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#libs/errors';
import type { AudioTools } from './audio-tools.js';
import type { ChannelLevels } from './channel-levels.js';
import { undecodable } from './exit-failure.js';
import { probeArguments } from './ffmpeg-command.js';
import { conversionLimits, lengthToleranceSamples, probeLimits, type RecordingLimits } from './limits.js';
import { listen, stretchesOf } from './listen.js';
import { samplesPerSecond } from './opus-packet.js';
import { objectionTo, readProbeReport, tooShort, type ProbeReport, type TrackReport } from './probe-report.js';
import type { RecordingFacts } from './recording-facts.js';
import type { RunOptions } from './run-ffmpeg.js';
import { runFfprobe } from './run-ffprobe.js';
import { statedDataSeconds } from './stated-data.js';
import { uncountedWavSeconds } from './wav-length.js';

export interface ProbeOptions {
  readonly tools: AudioTools;
  /** The upload, in a folder of its own. */
  readonly inputPath: string;
  readonly limits: RecordingLimits;
  readonly signal?: AbortSignal | undefined;
}

const toleranceSeconds = lengthToleranceSamples / samplesPerSecond;

/**
 * Looks at an upload before it is answered: is it a recording that can be taken, and how is it to be decoded? About 0.1 s.
 *
 * A header alone proves nothing, so the shortest allowed length is also decoded. A length the container does not state,
 * or states in a way that cannot be true, is null and passes: `encodeOpus` enforces the limit while converting.
 *
 * Of several audio tracks the default one is used, else the first, unless it is silent or cannot be decoded and another
 * is not. Several channels are mixed, unless the mix cancels: then the loudest is used.
 *
 * @throws AppError `unusable_audio` with one sentence that says why the file is not taken, `unavailable` when a tool was
 *   killed from outside; the signal's reason
 */
export async function probeRecording(options: ProbeOptions): Promise<RecordingFacts> {
  const { tools, inputPath, limits, signal } = options;
  const { size: fileBytes } = await stat(inputPath);
  if (fileBytes === 0) throw unusable('The file is empty');
  const run: RunOptions = { tools, limits: probeLimits, workFolder: dirname(inputPath), signal };

  const report = await readReport(inputPath, fileBytes, run);
  const wavSeconds = await uncountedWavSeconds(inputPath);
  const dataSeconds = await statedDataSeconds(inputPath);
  let first: RecordingFacts | undefined;
  let objection: string | undefined;
  for (const [track, described] of inOrder(report)) {
    const found = wavSeconds === undefined ? described : { ...described, durationSeconds: wavSeconds };
    objection ??= objectionTo(found, limits);
    if (objectionTo(found, limits) !== undefined) continue;
    const facts = await listenTo(found, track);
    if (typeof facts === 'string') objection ??= facts;
    else if (facts.isHeard) return facts;
    else first ??= facts;
  }
  if (first !== undefined) return first;
  throw unusable(objection ?? undecodable);

  async function listenTo(found: TrackReport, track: number): Promise<RecordingFacts | string> {
    const names = { formatName: report.formatName, codecName: found.codecName };
    const plan = { ...names, track, channel: null, ignoresStatedLength: wavSeconds !== undefined };
    const isPlain = found.channels === 1 && report.tracks.length === 1;
    const stretches = isPlain
      ? ([{ fromSeconds: 0, seconds: limits.minSeconds }] as const)
      : stretchesOf(found.durationSeconds);
    const levels = await listen(inputPath, { plan, ...found }, { stretches }, run);
    const shortness = objectionToLevels(levels, found, limits);
    if (shortness !== undefined) return shortness;
    return {
      ...{ durationSeconds: found.durationSeconds, statedSeconds: dataSeconds ?? found.statedSeconds },
      ...{ startSeconds: found.startSeconds, channels: found.channels, sampleRate: found.sampleRate },
      trackCount: report.tracks.length,
      ...{ ...plan, channel: levels.onlyChannel, isHeard: levels.isHeard },
    };
  }
}

/**
 * Refuses a recording in which nothing is above `silenceDbfs`. Decodes it until something is heard: of a recording that
 * `probeRecording` has heard there is nothing to decode.
 *
 * @throws AppError `unusable_audio` for a silent one; as `probeRecording`
 */
export async function refuseSilence(facts: RecordingFacts, options: ProbeOptions): Promise<void> {
  if (facts.isHeard) return;
  const { tools, inputPath, signal } = options;
  const limits = conversionLimits(options.limits.maxSeconds);
  const run = { tools, limits, workFolder: dirname(inputPath), signal };
  const all = { fromSeconds: 0, seconds: limits.wallSeconds };
  const levels = await listen(inputPath, { plan: facts, ...facts }, { stretches: [all], untilHeard: true }, run);
  if (!levels.isHeard) throw unusable('The recording is silent');
}

/** The known tracks, the default ones first. */
function inOrder({ tracks }: ProbeReport): [number, TrackReport][] {
  const known = [...tracks.entries()].filter((entry): entry is [number, TrackReport] => entry[1] !== null);
  return [...known.filter(([, { isDefault }]) => isDefault), ...known.filter(([, { isDefault }]) => !isDefault)];
}

function objectionToLevels(levels: ChannelLevels, found: TrackReport, limits: RecordingLimits): string | undefined {
  if (levels.seconds >= limits.minSeconds - toleranceSeconds) return undefined;
  const promisedMore = found.durationSeconds !== null && found.durationSeconds >= limits.minSeconds;
  return levels.seconds === 0 || promisedMore ? undecodable : tooShort(limits);
}

async function readReport(inputPath: string, fileBytes: number, run: RunOptions): Promise<ProbeReport> {
  const { stdout, exit } = await runFfprobe(probeArguments(inputPath), run);
  const cause = new Error(`ffprobe ended with ${exit.code ?? exit.signal ?? ''}: ${exit.stderr.trim()}`);
  const report = readProbeReport({ stdout, stderr: exit.stderr, fileBytes });
  if (typeof report === 'string') throw unusable(report, cause);
  if (exit.code !== 0) throw unusable(undecodable, cause);
  return report;
}

function unusable(sentence: string, cause?: unknown): AppError {
  return AppError.saying('unusable_audio', sentence, { cause });
}
