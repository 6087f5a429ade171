import type { RecordingFacts } from './recording-facts.js';
import type { Section } from './section-plan.js';
import { allowedDemuxers } from './tool-requirements.js';

/** How a recording is decoded. */
export type DecodePlan = Pick<RecordingFacts, 'track' | 'channel' | 'ignoresStatedLength' | 'formatName' | 'codecName'>;

/** What ffmpeg reads. */
export interface FfmpegInput {
  /** URL of the recording, `file:` and a path made from ids. */
  readonly url: string;
  readonly options: readonly string[];
}

/** A run of ffmpeg as data. Its output goes to standard output; no text of a user's is ever in it. */
export interface FfmpegCommand {
  readonly inputs: readonly [FfmpegInput, ...FfmpegInput[]];
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
const inputOptions = ['-nostdin', '-hide_banner', '-loglevel', 'repeat+error', '-threads', '1', ...confinement];

/**
 * Reports to standard error where time stamps do not go on where the audio before ended (`RunLog`): seconds decoded, then
 * the time stamp. `ld(0)` is the time stamp that is expected, `ld(2)` counts reports; the audio passes unchanged.
 *
 * - 10 ms: time stamps that a container rounds to milliseconds are no jump, a lost Opus packet of 20 ms is one.
 * - At most 2,000 reports, so that no file can flood the log.
 * - A report is printed with the frame after it (`ld(3)` says that one waits): ffmpeg 5.1 evaluates the expression once
 *   more at the end of the audio, with a time stamp that means nothing.
 */
const timeReport =
  "asetpts='if(ld(3),print(ld(4),16)+print(ld(5),16)+st(3,0))*0" +
  '+if(eq(N,0)+gt(abs(T-ld(0)),0.01)*lt(ld(2),2000),st(2,ld(2)+1)+st(3,1)+st(4,N/SR)+st(5,T))*0' +
  "+st(0,T+S/SR)*0+PTS'";

/**
 * 48 kHz mono.
 *
 * - `s16`: without it mono made of decoded MP3, AAC or Opus stereo comes out 3 dB louder.
 * - `asetpts`, after resampling: times are counted from the samples, so that gaps and late starts of a container (paused
 *   browser recordings) do not become gaps in granule positions, which cutting counts on. In a time base of samples,
 *   so that the count is exact: `N/SR/TB` is off by one for every thousandth frame.
 */
const mono = 'aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono,asettb=1/48000,asetpts=N';

const audioOnly = ['-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-threads', '1'];

/** Containers whose time stamps are places in the file when they hold PCM: nothing can jump. */
const placesAreTimes: readonly string[] = ['wav', 'w64', 'aiff', 'caf', 'au'];

/** The report costs some 3 % of an encode (ten minutes of WAV, ffmpeg 5.1): only where it can say something. */
const timeReportOf = ({ formatName, codecName }: DecodePlan): string[] =>
  codecName.startsWith('pcm_') && placesAreTimes.includes(formatName) ? [] : [timeReport];

const onlyChannel = ({ channel }: DecodePlan): string[] => (channel === null ? [] : [`pan=mono|c0=c${channel}`]);

const monoOf = (plan: DecodePlan, ...before: string[]): string[] => [
  ...['-map', `0:a:${plan.track}`, ...audioOnly],
  ...['-af', [...timeReportOf(plan), ...before, ...onlyChannel(plan), mono].join(',')],
];

const inputOf = (inputPath: string, plan: DecodePlan, ...options: string[]): FfmpegInput => ({
  url: fileUrl(inputPath),
  options: [...inputOptions, ...(plan.ignoresStatedLength ? ['-ignore_length', '1'] : []), ...options],
});

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
  // ffmpeg builds its filters anew when channels or sample rate change on the way, and they begin to count again: time
  // stamps are counted from the packets, which go on.
  ...['-bsf:a', 'setts=ts=STARTPTS+N*960'],
];

/** Decoded before the first sample that counts: a seek may land a packet late, and a cold decoder has to settle. */
const seekMarginSeconds = 1;

/** The whole recording as Ogg Opus. */
export function encodeCommand(inputPath: string, plan: DecodePlan): FfmpegCommand {
  const outputOptions = [...monoOf(plan), ...opusOptions];
  return { inputs: [inputOf(inputPath, plan)], outputOptions, format: 'ogg' };
}

/**
 * A section of the recording, and its lead, as Ogg Opus.
 *
 * The seek itself only has to land before the section: the samples are found by `atrim`, in the recording's own rate
 * and time (`-copyts`), before they are resampled. ffmpeg's own exact seek trims after resampling, which shifts 44.1 kHz
 * by up to a sample.
 */
export function encodeSectionCommand(
  inputPath: string,
  plan: DecodePlan & Pick<RecordingFacts, 'startSeconds'>,
  section: Section,
): FfmpegCommand {
  const fromSeconds = section.startSeconds - section.leadSeconds;
  const seekSeconds = Math.max(0, fromSeconds - seekMarginSeconds);
  const seek = seekSeconds === 0 ? ['-copyts'] : ['-copyts', '-noaccurate_seek', '-ss', String(seekSeconds)];
  const from = fromSeconds === 0 ? [] : [`start=${(plan.startSeconds + fromSeconds).toFixed(6)}`];
  const to = section.endSeconds === null ? [] : [`end=${(plan.startSeconds + section.endSeconds).toFixed(6)}`];
  const outputOptions = [...monoOf(plan, `atrim=${[...from, ...to].join(':')}`), ...opusOptions];
  return { inputs: [inputOf(inputPath, plan, ...seek)], outputOptions, format: 'ogg' };
}

/** A stretch of a recording, in seconds. */
export interface Listening {
  readonly fromSeconds: number;
  readonly seconds: number;
}

/** Stretches of a recording, one after the other, as 16-bit samples in its own rate and channels. */
export function listenCommand(
  inputPath: string,
  plan: DecodePlan,
  stretches: readonly [Listening, ...Listening[]],
): FfmpegCommand {
  const inputs = stretches.map(({ fromSeconds, seconds }) => {
    const seek = fromSeconds === 0 ? [] : ['-ss', fromSeconds.toFixed(3)];
    return inputOf(inputPath, plan, ...seek, '-t', seconds.toFixed(3));
  }) as [FfmpegInput, ...FfmpegInput[]];
  const tracks = stretches.map((_, at) => `[${at}:a:${plan.track}]`).join('');
  const joined = ['-filter_complex', `${tracks}concat=n=${stretches.length}:v=0:a=1[joined]`, '-map', '[joined]'];
  const source = stretches.length === 1 ? ['-map', `0:a:${plan.track}`] : joined;
  return { inputs, outputOptions: [...source, ...audioOnly, '-c:a', 'pcm_s16le'], format: 's16le' };
}

const probing = ['-hide_banner', '-loglevel', 'warning', '-threads', '1', ...confinement];

/** ffprobe's arguments for its report on the audio streams, as JSON; warnings go to standard error. */
export function probeArguments(inputPath: string): string[] {
  const entries = [
    'format=format_name,duration,start_time',
    'stream=codec_name,channels,sample_rate,bit_rate,duration,start_time',
    'stream_disposition=default',
  ].join(':');
  return [
    ...probing,
    ...['-select_streams', 'a', '-show_entries', entries, '-print_format', 'json', fileUrl(inputPath)],
  ];
}

/** ffprobe's arguments for a line for each packet of a track: time stamp and length in ticks, size and place in bytes. */
export function packetArguments(inputPath: string, track: number): string[] {
  return [
    ...probing,
    ...['-select_streams', `a:${track}`, '-show_entries', 'packet=pts,duration,size,pos,flags'],
    ...['-print_format', 'csv=p=0', fileUrl(inputPath)],
  ];
}
