import type { QualityFigures } from '#libs/audio';

/** The figures of a good sample. */
export const goodFigures: QualityFigures = {
  speechRatio: 0.9,
  loudnessLufs: -20,
  peakDbfs: -3,
  clippedRatio: 0,
  snrDb: 40,
  bandwidthHz: 8_000,
  startsInSpeech: false,
  endsInSpeech: false,
};
