import { availableParallelism } from 'node:os';
import { integer, optionalInteger } from './variable.js';

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

/** The variables that limit requests, recordings and work at a time. */
export const limitVariables = {
  rateLimitPerMinute: integer('RATE_LIMIT_PER_MINUTE', {
    default: 600,
    min: 0,
    max: 1_000_000,
    about: 'Requests per minute and key. 0 disables the limit.',
  }),
  maxUploadBytes: integer('MAX_UPLOAD_BYTES', { default: 2 * gibibyte, min: 1, about: 'Maximum size of a recording.' }),
  maxRecordingSeconds: integer('MAX_RECORDING_SECONDS', {
    default: 4 * 3600,
    min: 1,
    max: 86400,
    about: 'Maximum length of a recording.',
  }),
  maxImportBytes: integer('MAX_IMPORT_BYTES', {
    default: 8 * gibibyte,
    min: 1,
    about:
      'Maximum size of an archive that is imported. Each import needs this space in SCRATCH_DIR: of the API while it is received, then of a worker, with the audio that is being decoded.',
  }),
  maxSampleBytes: integer('MAX_SAMPLE_BYTES', {
    default: 100 * mebibyte,
    min: 1,
    about: 'Maximum size of an uploaded sample.',
  }),
  maxSampleSeconds: integer('MAX_SAMPLE_SECONDS', {
    default: 300,
    min: 1,
    max: 3600,
    about: 'Maximum length of an uploaded sample.',
  }),
  uploadIdleSeconds: integer('UPLOAD_IDLE_SECONDS', {
    default: 30,
    min: 1,
    max: 3600,
    about: 'An upload that makes no progress for this time is answered with 408.',
  }),
  downloadIdleSeconds: integer('DOWNLOAD_IDLE_SECONDS', {
    default: 60,
    min: 1,
    max: 3600,
    about: 'A response whose client reads nothing for this time is aborted.',
  }),
  minBytesPerSecond: integer('MIN_BYTES_PER_SECOND', {
    default: 500,
    min: 0,
    max: 1_000_000_000,
    about:
      'Minimum rate. Slower uploads (over UPLOAD_IDLE_SECONDS) and downloads (on average) count as idle. 0 allows any rate.',
  }),
  keepAliveSeconds: integer('KEEP_ALIVE_SECONDS', {
    default: 65,
    min: 1,
    max: 3600,
    about:
      'How long the API keeps an idle connection. The keep-alive of a proxy in front must be shorter, so that the proxy closes first.',
  }),
  ffmpegProcesses: integer('FFMPEG_PROCESSES', {
    default: availableParallelism(),
    min: 1,
    max: 256,
    shown: 'cores',
    about: 'Maximum number of concurrent ffmpeg processes per worker.',
  }),
  apiFfmpegProcesses: integer('API_FFMPEG_PROCESSES', {
    default: 1,
    min: 1,
    max: 64,
    about:
      'Maximum number of concurrent ffmpeg processes per API process, for uploaded samples and to measure old recordings.',
  }),
  keepOriginalsDays: optionalInteger('KEEP_ORIGINALS_DAYS', {
    min: 0,
    max: 36_500,
    about:
      'Days after the embedding of a voice until its original is removed. Originals are kept if absent. A partner may have a time of its own (`PATCH /api/admin/partners/{partner}`).',
  }),
  embeddingRunsKept: integer('EMBEDDING_RUNS_KEPT', {
    default: 3,
    min: 1,
    max: 100,
    about: 'How many embedding runs of a voice are kept for each TTS type, the current one included.',
  }),
  maxActiveJobsPerPartner: integer('MAX_ACTIVE_JOBS_PER_PARTNER', {
    default: 20,
    min: 1,
    max: 10_000,
    about: 'Maximum number of jobs of one partner that are dispatched to workers at a time.',
  }),
  recomputeAtATime: integer('RECOMPUTE_AT_A_TIME', {
    default: 1,
    min: 1,
    max: 1_000,
    about:
      'Maximum number of voices that recomputes embed at a time, in all workers together (`POST /api/admin/recompute`). Jobs of clients wait behind those submitted: raise it to at most the GPU workers of the endpoint.',
  }),
};
