/** A list that a build of ffmpeg prints, and the entries that we require. */
export interface ToolRequirement {
  /** The options that print the list, separated by spaces. */
  readonly question:
    | '-encoders'
    | '-muxers'
    | '-demuxers'
    | '-filters'
    | '-bsfs'
    | '-protocols'
    | '-decoders'
    | '-h demuxer=wav';
  /** What to call an entry in an error message. */
  readonly kind: string;
  readonly needed: readonly string[];
}

/**
 * Demuxers that uploads may use, by ffmpeg's names. Every other format is rejected before it is opened. `mp3` also reads
 * MP2.
 *
 * Playlists and scripts (HLS, DASH, concat) must never be added: they open other files.
 */
export const allowedDemuxers = [
  ...['wav', 'w64', 'aiff', 'caf', 'au', 'voc', 'mp3', 'aac', 'ac3', 'eac3', 'amr', 'amrnb', 'amrwb'],
  ...['flac', 'wv', 'tta', 'ogg', 'asf', 'flv', 'avi', 'mpegts'],
  ...['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm'],
] as const;

/**
 * Decoders that uploads may use, by ffmpeg's names: audio in the formats of `allowedDemuxers`. A name that a build does
 * not know has no effect.
 *
 * Pictures and video must never be added: a cover of 16,000 × 16,000 pixels is 1 MB in a file and 1 GB decoded.
 */
export const allowedDecoders = [
  ...['pcm_s8', 'pcm_s16le', 'pcm_s16be', 'pcm_s24le', 'pcm_s24be', 'pcm_s32le', 'pcm_s32be', 'pcm_s64le', 'pcm_s64be'],
  ...['pcm_u8', 'pcm_u16le', 'pcm_u16be', 'pcm_u24le', 'pcm_u24be', 'pcm_u32le', 'pcm_u32be', 'pcm_alaw', 'pcm_mulaw'],
  ...['pcm_f16le', 'pcm_f24le', 'pcm_f32le', 'pcm_f32be', 'pcm_f64le', 'pcm_f64be', 'pcm_bluray', 'pcm_dvd', 's302m'],
  ...['adpcm_ms', 'adpcm_ima_wav', 'adpcm_ima_qt', 'adpcm_ima_oki', 'adpcm_ima_dk3', 'adpcm_ima_dk4', 'adpcm_ima_amv'],
  ...['adpcm_yamaha', 'adpcm_ct', 'adpcm_swf', 'adpcm_sbpro_2', 'adpcm_sbpro_3', 'adpcm_sbpro_4'],
  ...['g722', 'g723_1', 'g726', 'g726le', 'g729', 'gsm', 'gsm_ms', 'libgsm', 'libgsm_ms', 'ilbc', 'truespeech'],
  ...['mp1', 'mp1float', 'mp2', 'mp2float', 'mp3', 'mp3float', 'mp3adu', 'mp3adufloat', 'mp3on4', 'mp3on4float', 'als'],
  ...['aac', 'aac_fixed', 'aac_latm', 'libfdk_aac', 'ac3', 'ac3_fixed', 'eac3', 'dca', 'mlp', 'truehd'],
  ...['amrnb', 'amrwb', 'libopencore_amrnb', 'libopencore_amrwb', 'qcelp', 'evrc', 'nellymoser', 'speex', 'libspeex'],
  ...['flac', 'alac', 'wavpack', 'tta', 'vorbis', 'libvorbis', 'opus', 'libopus'],
  ...['wmav1', 'wmav2', 'wmapro', 'wmalossless', 'wmavoice', 'xma1', 'xma2', 'atrac3', 'atrac3plus', 'cook', 'sipr'],
  ...['mace3', 'mace6', 'qdm2', 'qdmc', 'dvaudio', 'ralf', 'real_144', 'real_288'],
] as const;

/** The formats of `allowedDemuxers`, by their common names. */
export const acceptedFormats =
  'WAV, W64, AIFF, CAF, AU, VOC, MP3, MP2, AAC, AC-3, E-AC-3, AMR, FLAC, WavPack, TTA, Ogg, Opus, WMA, FLV, AVI, ' +
  'MPEG-TS, MOV, MP4, M4A, 3GP, Matroska and WebM';

/** What the two tools must support. The ffmpeg of a Linux distribution has all of it. */
export const toolRequirements: Record<'ffmpeg' | 'ffprobe', readonly ToolRequirement[]> = {
  ffmpeg: [
    { question: '-encoders', kind: 'encoder', needed: ['libopus', 'pcm_s16le'] },
    { question: '-muxers', kind: 'muxer', needed: ['ogg', 's16le'] },
    { question: '-demuxers', kind: 'demuxer', needed: ['wav', 'mp3', 'flac', 'ogg', 'aac', 'mov', 'matroska'] },
    { question: '-h demuxer=wav', kind: 'option of the WAV demuxer', needed: ['-max_size', '-ignore_length'] },
    {
      question: '-filters',
      kind: 'filter',
      needed: ['aformat', 'aresample', 'asetnsamples', 'asetpts', 'asettb', 'asplit', 'atrim', 'concat', 'pan'],
    },
    { question: '-decoders', kind: 'decoder', needed: ['pcm_s16le', 'flac', 'aac'] },
    { question: '-bsfs', kind: 'bitstream filter', needed: ['setts', 'pcm_rechunk'] },
    { question: '-protocols', kind: 'protocol', needed: ['file', 'pipe'] },
  ],
  ffprobe: [
    { question: '-decoders', kind: 'decoder', needed: ['pcm_s16le', 'flac', 'aac'] },
    { question: '-protocols', kind: 'protocol', needed: ['file'] },
  ],
};

/**
 * Returns what a build lacks of a requirement, according to the list that it printed.
 *
 * Lines read ` A....D libopus   description`, ` DE matroska,webm  …` or, for protocols, `  file`.
 */
export function lacking(requirement: ToolRequirement, printed: string): string[] {
  const words = printed.split('\n').map((line) => line.trim().split(/\s+/));
  const names = new Set(words.flatMap(([first, second]) => [first, second]).flatMap((word) => word?.split(',') ?? []));
  return requirement.needed.filter((name) => !names.has(name)).map((name) => `${requirement.kind} ${name}`);
}

/** Returns the names in the output of `-decoders`, whose legend has lines like ` V..... = Video`. */
export function decodersIn(printed: string): string[] {
  const names = printed.matchAll(/^ [VAS][F.][S.][X.][B.][D.] (\S+)/gm);
  return [...names].map(([, name = '']) => name).filter((name) => name !== '=');
}

/** Returns the version in the banner that a tool prints to standard error; undefined if it is another program. */
export function versionIn(name: 'ffmpeg' | 'ffprobe', printed: string): string | undefined {
  return new RegExp(`^${name} version (\\S+)`, 'm').exec(printed)?.[1];
}
