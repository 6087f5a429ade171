import { undecodable } from '../ffmpeg/exit-failure.js';
import { lengthToleranceSamples, type RecordingLimits } from '../ffmpeg/limits.js';
import { samplesPerSecond } from '../ogg/opus-packet.js';
import { acceptedFormats } from '../ffmpeg/tool-requirements.js';

/** An audio track, as its container describes it. */
export interface TrackReport {
  readonly codecName: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly durationSeconds: number | null;
  readonly statedSeconds: number | null;
  readonly startSeconds: number;
  readonly isDefault: boolean;
}

/** ffprobe's report on a file. */
export interface ProbeReport {
  readonly formatName: string;
  /** All audio tracks in the file's order; null for one that ffprobe cannot describe. At least one is not null. */
  readonly tracks: readonly (TrackReport | null)[];
}

const toleranceSeconds = lengthToleranceSamples / samplesPerSecond;

const sampleRates = { lowest: 4_000, highest: 384_000 };

/** Containers (ffmpeg's names) whose length is the last time stamp, which includes a late start. */
const lengthsIncludeStart: readonly string[] = ['ogg', 'matroska,webm'];

/** ffprobe's message for a format that it knows and we do not accept. */
const notAccepted = 'Format not on whitelist';

/** ffprobe's message if it has divided the size by the first bit rate. That is wrong for a variable one. */
const estimated = 'Estimating duration from bitrate';

/** Containers for which ffprobe always does so. With PCM, whose bit rate is constant, the result is right. */
const alwaysEstimated: readonly string[] = ['caf', 'w64'];

/** Headers and rounding may make a stated length of PCM this much longer than the file. */
const pcmSlack = 1.01;

export interface ProbeOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Size of the file. */
  readonly fileBytes: number;
}

/**
 * Parses ffprobe's JSON report.
 *
 * @returns the report, or one sentence that says why there is none
 */
export function readProbeReport({ stdout, stderr, fileBytes }: ProbeOutput): ProbeReport | string {
  const report = parse(stdout);
  const format = recordOf(report['format']);
  if (stderr.includes(notAccepted)) return `The format of the file is not accepted; send ${acceptedFormats}`;
  if (typeof format['format_name'] !== 'string') return undecodable;
  const formatName = format['format_name'];
  const streams = Array.isArray(report['streams']) ? (report['streams'] as readonly unknown[]) : [];
  if (streams.length === 0) return 'The file has no audio in it';
  const isEstimated = stderr.includes(estimated);
  const tracks = streams.map((stream) => readTrack(recordOf(stream), format, formatName, isEstimated, fileBytes));
  return tracks.every((track) => track === null) ? undecodable : { formatName, tracks };
}

function readTrack(
  stream: Record<string, unknown>,
  format: Record<string, unknown>,
  formatName: string,
  isEstimated: boolean,
  fileBytes: number,
): TrackReport | null {
  const { codec_name: codecName } = stream;
  const channels = numberOf(stream['channels']) ?? 0;
  const sampleRate = numberOf(stream['sample_rate']) ?? 0;
  if (typeof codecName !== 'string' || channels < 1) return null;

  const startSeconds = numberOf(stream['start_time']) ?? 0;
  const lastTime = numberOf(stream['duration']) ?? numberOf(format['duration']);
  const isLate = lengthsIncludeStart.includes(formatName) && startSeconds > 0;
  const length = lastTime === undefined || !isLate ? lastTime : lastTime - startSeconds;
  const stated = length !== undefined && length > 0 ? length : null;
  const isPcm = codecName.startsWith('pcm_');
  const pcmBytes = isPcm ? ((numberOf(stream['bit_rate']) ?? 0) / 8) * (stated ?? 0) : 0;
  const isGuess = isEstimated && !(isPcm && alwaysEstimated.includes(formatName));
  const isBelieved = !isGuess && pcmBytes <= fileBytes * pcmSlack;
  return {
    ...{ codecName, channels, sampleRate, startSeconds },
    durationSeconds: isBelieved ? stated : null,
    statedSeconds: isGuess ? null : stated,
    isDefault: recordOf(stream['disposition'])['default'] === 1,
  };
}

/** Says in one sentence why a recording is rejected; undefined if it is within the limits. */
export function objectionTo(facts: TrackReport, limits: RecordingLimits): string | undefined {
  if (facts.channels > limits.maxChannels) {
    return `The recording has ${facts.channels} channels, more than the ${limits.maxChannels} allowed`;
  }
  if (facts.sampleRate < sampleRates.lowest || facts.sampleRate > sampleRates.highest) {
    return `The recording's sample rate is not between ${sampleRates.lowest} and ${sampleRates.highest} Hz`;
  }
  if (facts.durationSeconds !== null && facts.durationSeconds > limits.maxSeconds + toleranceSeconds)
    return tooLong(limits);
  return undefined;
}

export function tooLong(limits: RecordingLimits): string {
  return `The recording is longer than ${seconds(limits.maxSeconds)}`;
}

export function tooShort(limits: RecordingLimits): string {
  return `The recording is shorter than ${seconds(limits.minSeconds)}`;
}

const seconds = (count: number): string => (count === 1 ? '1 second' : `${count} seconds`);

function parse(text: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** ffprobe writes some numbers as text, and `N/A` or nothing for unknown values. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
