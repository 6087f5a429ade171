import type { RecordingFacts } from '#libs/audio';

/** The facts of an hour of stereo WAV. */
export const wavFacts: RecordingFacts = {
  ...{ durationSeconds: 3600, statedSeconds: 3600, startSeconds: 0 },
  ...{ formatName: 'wav', codecName: 'pcm_s16le', channels: 2, sampleRate: 44_100 },
  ...{ track: 0, trackCount: 1, channel: null, isHeard: true, ignoresStatedLength: false },
  bytesBehindEnd: 0,
};
