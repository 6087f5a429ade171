import { undecodable } from './exit-failure.js';
import { lengthToleranceSamples, type RecordingLimits } from './limits.js';
import { samplesPerSecond } from './opus-packet.js';

/** What a recording is, as its container says. */
export interface RecordingFacts {
  /** null when the container does not say, or cannot be believed. */
  readonly durationSeconds: number | null;
  /** Time stamp of the first sample; 0, as ffmpeg counts, where the container has none (WAV). */
  readonly startSeconds: number;
  readonly formatName: string;
  readonly codecName: string;
  readonly channels: number;
  readonly sampleRate: number;
}

const toleranceSeconds = lengthToleranceSamples / samplesPerSecond;

const sampleRates = { lowest: 4_000, highest: 384_000 };

/** ffprobe's words when it divided the size by the first bit rate it met: far off for a variable one. */
const estimated = 'Estimating duration from bitrate';

/** Containers whose PCM ffprobe always divides by its bit rate, which is right for it: it has but one. */
const alwaysEstimated: readonly string[] = ['caf', 'w64'];

/** Container headers and rounding may make a stated length of PCM this much longer than the file. */
const pcmSlack = 1.01;

export interface ProbeOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Size of the file. */
  readonly fileBytes: number;
}

/**
 * Reads ffprobe's JSON report.
 *
 * @returns the facts, or in one sentence why there are none
 */
export function readProbeReport({ stdout, stderr, fileBytes }: ProbeOutput): RecordingFacts | string {
  const report = parse(stdout);
  const format = recordOf(report['format']);
  if (typeof format['format_name'] !== 'string') return undecodable;
  const streams = Array.isArray(report['streams']) ? (report['streams'] as readonly unknown[]) : [];
  if (streams.length === 0) return 'The file has no audio in it';
  const stream = recordOf(streams[0]);
  const { codec_name: codecName } = stream;
  const channels = numberOf(stream['channels']) ?? 0;
  const sampleRate = numberOf(stream['sample_rate']) ?? 0;
  if (typeof codecName !== 'string' || channels < 1) return undecodable;

  const stated = numberOf(stream['duration']) ?? numberOf(format['duration']);
  const isPcm = codecName.startsWith('pcm_');
  const pcmBytes = isPcm ? ((numberOf(stream['bit_rate']) ?? 0) / 8) * (stated ?? 0) : 0;
  const isGuess = stderr.includes(estimated) && !(isPcm && alwaysEstimated.includes(format['format_name']));
  const believed = !isGuess && pcmBytes <= fileBytes * pcmSlack;
  const durationSeconds = stated !== undefined && stated > 0 && believed ? stated : null;
  const startSeconds = numberOf(stream['start_time']) ?? 0;
  return { durationSeconds, startSeconds, formatName: format['format_name'], codecName, channels, sampleRate };
}

/** Why a recording is not taken, in one sentence; undefined when its facts are within the limits. */
export function objectionTo(facts: RecordingFacts, limits: RecordingLimits): string | undefined {
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

/** ffprobe writes some numbers as text, and `N/A` or nothing for what it does not know. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
