import type { Scale } from './bench-case.js';

/** The sizes the targets speak of. */
export const full: Scale = {
  rounds: 3,
  hourSeconds: 3600,
  sevenMinutesSeconds: 420,
  minuteRecordings: 100,
  minuteSeconds: 60,
  secondRecordings: 1000,
  uploadBytes: 2 * 1024 ** 3 - 1024 ** 2, // with the form around it at most MAX_UPLOAD_BYTES
  downloads: 2000,
  bundleSamples: 100,
  bundleSampleSeconds: 60,
  detailRequests: 3000,
  fewVoices: 1000,
  manyVoices: 100_000,
  listedVoices: 10_000,
};

/** As little as every case can do and still do all of it. */
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
  detailRequests: 20,
  fewVoices: 20,
  manyVoices: 200,
  listedVoices: 50,
};
