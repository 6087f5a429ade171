import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#libs/errors';
import type { AudioTools } from '../ffmpeg/audio-tools.js';
import type { ChannelLevels } from './channel-levels.js';
import { readContainerFacts } from './container-facts.js';
import { undecodable } from '../ffmpeg/exit-failure.js';
import { probeArguments } from '../ffmpeg/ffmpeg-command.js';
import { conversionLimits, lengthToleranceSamples, probeLimits, type RecordingLimits } from '../ffmpeg/limits.js';
import { listen, stretchesOf } from './listen.js';
import { samplesPerSecond } from '../ogg/opus-packet.js';
import { objectionTo, readProbeReport, tooShort, type ProbeReport, type TrackReport } from './probe-report.js';
import type { RecordingFacts } from './recording-facts.js';
import type { RunOptions } from '../ffmpeg/run-ffmpeg.js';
import { runFfprobe } from '../ffmpeg/run-ffprobe.js';

export interface ProbeOptions {
  readonly tools: AudioTools;
  /** The upload, in its own folder. */
  readonly inputPath: string;
  readonly limits: RecordingLimits;
  readonly signal?: AbortSignal | undefined;
}

const toleranceSeconds = lengthToleranceSamples / samplesPerSecond;

/**
 * Checks an upload before the response: whether it is an acceptable recording, and how to decode it. Takes about 0.1 s.
 *
 * A header alone proves nothing, so at least the shortest allowed length is decoded. If the container states no length,
 * or an impossible one, the length is null and accepted: `encodeOpus` enforces the limit during the conversion.
 *
 * Of several audio tracks, the default one is used, else the first, unless it is silent or cannot be decoded and another
 * one can be heard. Several channels are mixed, unless the mix cancels: then the loudest is used.
 *
 * @throws AppError `unusable_audio` with one sentence that says why the file is rejected, `unavailable` if a tool was
 *   killed from outside; the signal's reason
 */
export async function probeRecording(options: ProbeOptions): Promise<RecordingFacts> {
  const { tools, inputPath, limits, signal } = options;
  const { size: fileBytes } = await stat(inputPath);
  if (fileBytes === 0) throw unusable('The file is empty');
  const run: RunOptions = { tools, limits: probeLimits, workFolder: dirname(inputPath), signal };

  const report = await readReport(inputPath, fileBytes, run);
  const container = await readContainerFacts(inputPath);
  const wavSeconds = container.uncountedSeconds;
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
      ...{ durationSeconds: found.durationSeconds, statedSeconds: container.statedSeconds ?? found.statedSeconds },
      ...{ startSeconds: found.startSeconds, channels: found.channels, sampleRate: found.sampleRate },
      ...{ trackCount: report.tracks.length, bytesBehindEnd: container.bytesBehindEnd },
      ...{ ...plan, channel: levels.onlyChannel, isHeard: levels.isHeard },
    };
  }
}

/**
 * Rejects a recording in which nothing is above `silenceDbfs`. Decodes it until something is heard, unless
 * `probeRecording` has already heard something.
 *
 * @throws AppError `unusable_audio` for a silent recording; as `probeRecording`
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

/** Returns the known tracks, default ones first. */
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
