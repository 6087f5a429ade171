// Written by `npm run settings` from libs/audio/src/tool-requirements.ts: change that one.
/**
 * Demuxers an upload may use, by ffmpeg's names; every other format is refused before it is opened. `mp3` also reads MP2.
 *
 * Playlists and scripts (HLS, DASH, concat) must never be among them: they open other files.
 */
export const allowedDemuxers = [
    ...['wav', 'w64', 'aiff', 'caf', 'au', 'voc', 'mp3', 'aac', 'ac3', 'eac3', 'amr', 'amrnb', 'amrwb'],
    ...['flac', 'wv', 'tta', 'ogg', 'asf', 'flv', 'avi', 'mpegts'],
    ...['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm'],
];
/** The formats of `allowedDemuxers` by the names people know them by. */
export const acceptedFormats = 'WAV, W64, AIFF, CAF, AU, VOC, MP3, MP2, AAC, AC-3, E-AC-3, AMR, FLAC, WavPack, TTA, Ogg, Opus, WMA, FLV, AVI, ' +
    'MPEG-TS, MOV, MP4, M4A, 3GP, Matroska and WebM';
/** What the two tools are asked for; a distribution's ffmpeg has all of it. */
export const toolRequirements = {
    ffmpeg: [
        { question: '-encoders', kind: 'encoder', needed: ['libopus', 'pcm_s16le'] },
        { question: '-muxers', kind: 'muxer', needed: ['ogg', 's16le'] },
        { question: '-demuxers', kind: 'demuxer', needed: ['wav', 'mp3', 'flac', 'ogg', 'aac', 'mov', 'matroska'] },
        {
            question: '-filters',
            kind: 'filter',
            needed: ['aformat', 'aresample', 'asetpts', 'asettb', 'atrim', 'concat', 'pan'],
        },
        { question: '-bsfs', kind: 'bitstream filter', needed: ['setts'] },
        { question: '-protocols', kind: 'protocol', needed: ['file', 'pipe'] },
    ],
    ffprobe: [{ question: '-protocols', kind: 'protocol', needed: ['file'] }],
};
/**
 * What a build lacks of a requirement, read from the list it printed.
 *
 * Lines read ` A....D libopus   description`, ` DE matroska,webm  …` or, for protocols, `  file`.
 */
export function lacking(requirement, printed) {
    const words = printed.split('\n').map((line) => line.trim().split(/\s+/));
    const names = new Set(words.flatMap(([first, second]) => [first, second]).flatMap((word) => word?.split(',') ?? []));
    return requirement.needed.filter((name) => !names.has(name)).map((name) => `${requirement.kind} ${name}`);
}
/** The version in the banner a tool prints to standard error before any list; undefined when it is another program. */
export function versionIn(name, printed) {
    return new RegExp(`^${name} version (\\S+)`, 'm').exec(printed)?.[1];
}
