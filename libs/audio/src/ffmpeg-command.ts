import type { Section } from './section-plan.js';
import { allowedDemuxers } from './tool-requirements.js';

/** A run of ffmpeg as data. Its output goes to standard output; no text of a user's is ever in it. */
export interface FfmpegCommand {
  /** URL of the recording, `file:` and a path made from ids. */
  readonly input: string;
  readonly inputOptions: readonly string[];
  readonly outputOptions: readonly string[];
  readonly format: 'ogg' | 's16le';
}

/**
 * What a stranger's file may make the tools do: open the listed formats and nothing else, read files and pipes and
 * never the network. Playlists and scripts (HLS, DASH, concat) are not among the formats.
 */
const confinement = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', allowedDemuxers.join(',')];

/** `file:` keeps a path from being read as a protocol or an option. */
const fileUrl = (path: string): string => `file:${path}`;

// One thread each: audio gains nothing, and a pool of threads per core fills the address space on large machines.
const inputOptions = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1', ...confinement];

/**
 * The first audio stream as 48 kHz mono.
 *
 * - `s16`: without it mono made of decoded MP3, AAC or Opus stereo comes out 3 dB louder.
 * - `asetpts`, after resampling: times are counted from the samples, so that gaps and late starts of a container (paused
 *   browser recordings) do not become gaps in granule positions, which cutting counts on.
 */
const mono = 'aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono,asetpts=N/SR/TB';

const firstAudioStream = [
  ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-threads', '1'],
];
const monoOptions = [...firstAudioStream, '-af', mono];

/**
 * 96 kbit/s; without `constrained` clean speech comes out at 158. 20 ms packets are the grid that cutting counts on.
 *
 * Ogg pages of about four seconds, the most that their 255 segments hold: each is a write of ffmpeg's and a read of ours,
 * and with its usual pages of a second our own part of an hour took about a second of CPU more (docs/performance.md).
 */
const opusOptions = [
  ...['-c:a', 'libopus', '-b:a', '96k', '-vbr', 'constrained'],
  ...['-frame_duration', '20', '-application', 'audio'],
  ...['-page_duration', '4000000'],
];

/** Decoded before the first sample that counts: a seek may land a packet late, and a cold decoder has to settle. */
const seekMarginSeconds = 1;

/** The whole recording as Ogg Opus. */
export function encodeCommand(inputPath: string): FfmpegCommand {
  const outputOptions = [...monoOptions, ...opusOptions];
  return { input: fileUrl(inputPath), inputOptions, outputOptions, format: 'ogg' };
}

/**
 * A section of the recording, and its lead, as Ogg Opus.
 *
 * The seek itself only has to land before the section: the samples are found by `atrim`, in the recording's own rate
 * and time (`-copyts`), before they are resampled. ffmpeg's own exact seek trims after resampling, which shifts 44.1 kHz
 * by up to a sample.
 *
 * @param streamStartSeconds time stamp of the recording's first sample
 */
export function encodeSectionCommand(inputPath: string, section: Section, streamStartSeconds: number): FfmpegCommand {
  const whole = encodeCommand(inputPath);
  const fromSeconds = section.startSeconds - section.leadSeconds;
  const seekSeconds = Math.max(0, fromSeconds - seekMarginSeconds);
  const seek = ['-copyts', '-noaccurate_seek', '-ss', String(seekSeconds)];
  const from = fromSeconds === 0 ? [] : [`start=${(streamStartSeconds + fromSeconds).toFixed(6)}`];
  const to = section.endSeconds === null ? [] : [`end=${(streamStartSeconds + section.endSeconds).toFixed(6)}`];
  const outputOptions = [...firstAudioStream, '-af', `atrim=${[...from, ...to].join(':')},${mono}`, ...opusOptions];
  return { ...whole, inputOptions: [...inputOptions, ...(seekSeconds === 0 ? ['-copyts'] : seek)], outputOptions };
}

/** The first seconds of the recording as 16-bit samples: does it really decode? */
export function decodeStartCommand(inputPath: string, seconds: number): FfmpegCommand {
  const outputOptions = [...monoOptions, '-c:a', 'pcm_s16le', '-t', String(seconds)];
  return { input: fileUrl(inputPath), inputOptions, outputOptions, format: 's16le' };
}

/** ffprobe's arguments for its report on the first audio stream, as JSON; warnings go to standard error. */
export function probeArguments(inputPath: string): string[] {
  const entries = [
    'format=format_name,duration',
    'stream=codec_name,channels,sample_rate,bit_rate,duration,start_time',
  ].join(':');
  return [
    ...['-hide_banner', '-loglevel', 'warning', '-threads', '1', ...confinement],
    ...['-select_streams', 'a:0', '-show_entries', entries, '-print_format', 'json', fileUrl(inputPath)],
  ];
}
