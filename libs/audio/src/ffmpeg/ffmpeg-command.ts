import type { RecordingFacts } from '../probing/recording-facts.js';
import type { Section } from '../sections/section-plan.js';
import { analysisRate } from '../analysis/track.js';
import { allowedDecoders, allowedDemuxers } from './tool-requirements.js';

/** How to decode a recording. */
export type DecodePlan = Pick<RecordingFacts, 'track' | 'channel' | 'ignoresStatedLength' | 'formatName' | 'codecName'>;

/** An input of ffmpeg. */
export interface FfmpegInput {
  /** URL of the recording: `file:` and a path made of ids. */
  readonly url: string;
  readonly options: readonly string[];
}

/** A command line of ffmpeg, as data. ffmpeg writes to standard output. No text from a user is ever in it. */
export interface FfmpegCommand {
  readonly inputs: readonly [FfmpegInput, ...FfmpegInput[]];
  readonly outputOptions: readonly string[];
  readonly format: 'ogg' | 's16le';
  /** Options of a second output, raw 16-bit PCM. */
  readonly pcmOptions?: readonly string[];
}

/**
 * Restricts what an untrusted file can make the tools do: open only the listed formats, and read files and pipes but
 * never the network. Playlists and scripts (HLS, DASH, concat) are not among the formats.
 */
const confinement = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', allowedDemuxers.join(',')];

/** Decodes audio only: covers and videos are ignored. */
const decodingAudio = ['-codec_whitelist', allowedDecoders.join(',')];

/** `file:` prevents a path from being taken for a protocol or an option. */
const fileUrl = (path: string): string => `file:${path}`;

// One thread per decoder: audio gains nothing from more, and a thread pool per core fills the address space.
const inputOptions = [
  '-nostdin',
  '-hide_banner',
  '-loglevel',
  'repeat+error',
  '-threads',
  '1',
  ...confinement,
  ...decodingAudio,
];

/**
 * Reports jumps of the time stamps to standard error, where `RunLog` reads them: the seconds decoded, then the time
 * stamp. The audio is unchanged. `ld(0)` is the expected time stamp, `ld(2)` the number of reports.
 *
 * - Tolerance 10 ms: time stamps that a container rounds to milliseconds are no jump, a lost Opus packet of 20 ms is.
 * - At most 2,000 reports, so that no file can flood the log.
 * - A report is printed with the next frame (`ld(3)`: one is pending), because ffmpeg 5.1 evaluates the expression once
 *   more at the end of the audio, with a meaningless time stamp.
 */
const timeReport =
  "asetpts='if(ld(3),print(ld(4),16)+print(ld(5),16)+st(3,0))*0" +
  '+if(eq(N,0)+gt(abs(T-ld(0)),0.01)*lt(ld(2),2000),st(2,ld(2)+1)+st(3,1)+st(4,N/SR)+st(5,T))*0' +
  "+st(0,T+S/SR)*0+PTS'";

/**
 * 48 kHz mono.
 *
 * - `s16`: without it, a mono mix of decoded MP3, AAC or Opus stereo is 3 dB louder.
 * - `asetpts` after resampling: counts times from the samples, so that gaps and late starts in a container (paused
 *   browser recordings) do not become gaps in granule positions, which cutting relies on. The time base is one sample,
 *   because `N/SR/TB` is off by one for every thousandth frame.
 */
const mono = 'aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono,asettb=1/48000,asetpts=N';

const audioOnly = ['-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-threads', '1'];

/** Containers whose time stamps are positions in the file if they hold PCM: they cannot jump. */
const containersWithoutTimes: readonly string[] = ['wav', 'w64', 'aiff', 'caf', 'au'];

/** The report costs about 3 % of an encode (ten minutes of WAV, ffmpeg 5.1), so it is left out where nothing can jump. */
const timeReportOf = ({ formatName, codecName }: DecodePlan): string[] =>
  codecName.startsWith('pcm_') && containersWithoutTimes.includes(formatName) ? [] : [timeReport];

const onlyChannel = ({ channel }: DecodePlan): string[] => (channel === null ? [] : [`pan=mono|c0=c${channel}`]);

const monoOf = (plan: DecodePlan, ...before: string[]): string =>
  [...timeReportOf(plan), ...before, ...onlyChannel(plan), mono].join(',');

/**
 * The PCM that is analysed: resampled from 48 kHz, of which it takes every third sample, so that it has the same phase in
 * every section. In frames of 0.1 s, which cost less than those of a decoder.
 */
const analysed = `aresample=${analysisRate},asetnsamples=n=${analysisRate / 10}:p=0`;

/**
 * Puts the time stamps of the PCM a second ahead of those of the encoded audio. ffmpeg 7 asks the output that is behind for
 * a frame, and takes what waits at the other one only if it gets one. If channels or sample rate change midway, it discards
 * what waits: without this the audio since the last frame of PCM. Until there is a first one this has no effect, so
 * frames are short.
 */
const ahead = 'asetpts=PTS+SR';

const pieceSamples = 4 * analysisRate;

/** Pieces of four seconds, as long as the Ogg pages, so that they take few writes and few reads (docs/performance.md). */
const inPieces = `pcm_rechunk=n=${pieceSamples}:p=0`;

/** Encodes the filtered audio as Ogg Opus, and gives the same audio as PCM to be analysed. */
function encodeAndAnalyse(input: FfmpegInput, plan: DecodePlan, filters: string): FfmpegCommand {
  const graph = `[0:a:${plan.track}]${filters},asplit=2[encoded][heard];[heard]${analysed},${ahead}[analysed]`;
  return {
    inputs: [input],
    outputOptions: [
      // One thread, as a filter of a single output has.
      ...['-filter_complex_threads', '1', '-filter_complex', graph],
      ...['-map', '[encoded]', ...audioOnly, ...opusOptions],
    ],
    format: 'ogg',
    // Time stamps are counted from the pieces, for the same reason as in `opusOptions`.
    pcmOptions: [
      ...['-map', '[analysed]', ...audioOnly, '-c:a', 'pcm_s16le'],
      ...['-bsf:a', `${inPieces},setts=ts=N*${pieceSamples}`],
    ],
  };
}

/**
 * PCM in WAV is read in pieces of 64 KB. With ffmpeg's own 4 KB, an encode takes 5 % more instructions (docs/performance.md).
 *
 * ffmpeg looks for DTS, MP3 and the like in the first 5 MB of such a file. The probe has done so already, and with larger
 * pieces it would take as long as encoding half a minute. So it looks at the first piece only.
 */
const wavOptions = ({ formatName, codecName }: DecodePlan): string[] =>
  formatName === 'wav' && codecName.startsWith('pcm_') ? ['-max_size', '65536', '-probesize', '32'] : [];

const lengthOptions = ({ ignoresStatedLength }: DecodePlan): string[] =>
  ignoresStatedLength ? ['-ignore_length', '1'] : [];

const inputOf = (inputPath: string, plan: DecodePlan, ...options: string[]): FfmpegInput => ({
  url: fileUrl(inputPath),
  options: [...inputOptions, ...wavOptions(plan), ...lengthOptions(plan), ...options],
});

/**
 * 96 kbit/s; without `constrained`, clean speech takes 158. Packets of 20 ms are the grid that cutting relies on.
 *
 * Ogg pages of about four seconds, the most that their 255 segments hold. Each page is one write of ffmpeg and one read
 * of ours. With its default pages of a second, our part of an hour took about a second more CPU (docs/performance.md).
 */
const opusOptions = [
  ...['-c:a', 'libopus', '-b:a', '96k', '-vbr', 'constrained'],
  ...['-frame_duration', '20', '-application', 'audio'],
  ...['-page_duration', '4000000'],
  // If channels or sample rate change midway, ffmpeg rebuilds its filters and their counts restart at 0. So time stamps
  // are counted from the packets, whose count continues.
  ...['-bsf:a', 'setts=ts=STARTPTS+N*960'],
];

/** Decoded before the first sample that is used: a seek may land a packet late, and a decoder has to settle. */
const seekMarginSeconds = 1;

/** Encodes the whole recording as Ogg Opus. */
export function encodeCommand(inputPath: string, plan: DecodePlan): FfmpegCommand {
  return encodeAndAnalyse(inputOf(inputPath, plan), plan, monoOf(plan));
}

/**
 * Encodes a section of the recording, with its lead, as Ogg Opus.
 *
 * The seek only has to land before the section. `atrim` then selects the exact samples in the recording's own rate and
 * time (`-copyts`), before resampling. ffmpeg's own exact seek trims after resampling, which shifts 44.1 kHz by up to a
 * sample.
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
  return encodeAndAnalyse(inputOf(inputPath, plan, ...seek), plan, monoOf(plan, `atrim=${[...from, ...to].join(':')}`));
}

/** Decodes the whole recording as the PCM that is analysed. */
export function measureCommand(inputPath: string, plan: DecodePlan): FfmpegCommand {
  const source = ['-map', `0:a:${plan.track}`, ...audioOnly, '-af', `${monoOf(plan)},${analysed}`];
  return {
    inputs: [inputOf(inputPath, plan)],
    outputOptions: [...source, '-c:a', 'pcm_s16le', '-bsf:a', inPieces],
    format: 's16le',
  };
}

/** A stretch of a recording, in seconds. */
export interface Listening {
  readonly fromSeconds: number;
  readonly seconds: number;
}

/** Decodes stretches of a recording, one after the other, as 16-bit samples in its own rate and channels. */
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

/**
 * Returns ffprobe's arguments for decoding audio only. They precede its other arguments.
 *
 * ffprobe decodes while it identifies the streams (`avformat_find_stream_info`); the first list applies to that. Then it
 * opens a decoder for each stream, even for a cover, and fails if that is not allowed. It decodes nothing with those, so
 * the second list allows all of them. (The empty stream specifier after the colon matches all streams.)
 *
 * @param decoders all decoders of this ffprobe
 */
export function probeDecodingArguments(decoders: readonly string[]): string[] {
  return [...decodingAudio, '-codec_whitelist:', decoders.join(',')];
}

const probing = ['-hide_banner', '-loglevel', 'warning', '-threads', '1', ...confinement];

/** Returns ffprobe's arguments for a JSON report on the audio streams. Warnings go to standard error. */
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

/** Returns ffprobe's arguments for one line per packet of a track: time stamp and duration in ticks, size and position. */
export function packetArguments(inputPath: string, track: number): string[] {
  return [
    ...probing,
    ...['-select_streams', `a:${track}`, '-show_entries', 'packet=pts,duration,size,pos,flags'],
    ...['-print_format', 'csv=p=0', fileUrl(inputPath)],
  ];
}
