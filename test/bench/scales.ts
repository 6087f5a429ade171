import type { Scale } from './bench-case.js';

/** The sizes that the targets refer to. */
export const full: Scale = {
  rounds: 3,
  hourSeconds: 3600,
  sevenMinutesSeconds: 420,
  minuteRecordings: 100,
  minuteSeconds: 60,
  secondRecordings: 1000,
  uploadBytes: 2 * 1024 ** 3 - 1024 ** 2, // with the form at most MAX_UPLOAD_BYTES
  downloads: 2000,
  bundleSamples: 100,
  bundleSampleSeconds: 60,
  embeddings: 100,
  embeddingBytes: 9_340_728, // of 15 s, by a model of 6 layers
  runSamples: 500,
  detailRequests: 3000,
  fewVoices: 1000,
  manyVoices: 100_000,
  listedVoices: 10_000,
  longestSeconds: 14_400, // MAX_RECORDING_SECONDS
  previews: 100,
  streams: 500,
};

/** The least work with which every case still runs all its steps. */
export const short: Scale = {
  rounds: 1,
  hourSeconds: 60,
  sevenMinutesSeconds: 30,
  minuteRecordings: 4,
  minuteSeconds: 10,
  secondRecordings: 5,
  uploadBytes: 4 * 1024 ** 2,
  downloads: 20,
  bundleSamples: 3,
  bundleSampleSeconds: 5,
  embeddings: 3,
  embeddingBytes: 100_000,
  runSamples: 3,
  detailRequests: 20,
  fewVoices: 20,
  manyVoices: 200,
  listedVoices: 50,
  longestSeconds: 40,
  previews: 2,
  streams: 20,
};
