import type { RecordingFacts } from '#libs/audio';

/** The facts of an hour of stereo WAV. */
export const wavFacts: RecordingFacts = {
  ...{ durationSeconds: 3600, statedSeconds: 3600, startSeconds: 0 },
  ...{ formatName: 'wav', codecName: 'pcm_s16le', channels: 2, sampleRate: 44_100 },
  ...{ track: 0, trackCount: 1, channel: null, isHeard: true, ignoresStatedLength: false },
  bytesBehindEnd: 0,
};

/** The facts of an hour of FLAC. */
export const flacFacts: RecordingFacts = { ...wavFacts, formatName: 'flac', codecName: 'flac' };

/** What encoding depends on, without a probe: WAV has options of its own, all other formats are read alike. */
export const factsOf = (path: string): RecordingFacts => (path.endsWith('.wav') ? wavFacts : flacFacts);
