import { badFfmpegFaults } from './bad-ffmpeg.js';
import { cancelFaults } from './cancel.js';
import { clientFaults } from './clients.js';
import { clockFaults } from './clocks.js';
import { coverArtFaults } from './cover-art.js';
import { deletionFaults } from './deletion.js';
import { diskFullFaults } from './disk-full.js';
import { erasureFaults } from './erasure.js';
import { fairnessFaults } from './fairness.js';
import type { Fault } from './fault.js';
import { frozenWorkerFaults } from './frozen-worker.js';
import { gpuFlightFaults } from './gpu-flight.js';
import { gpuRefusalFaults } from './gpu-refusals.js';
import { gpuFaults } from './gpu.js';
import { hostileFaults } from './hostile.js';
import { killAnalysisFaults } from './kill-analysis.js';
import { killApiFaults } from './kill-api.js';
import { killImportFaults } from './kill-import.js';
import { killFfmpegFaults } from './kill-ffmpeg.js';
import { killHandlerFaults } from './kill-handler.js';
import { killWorkerFaults } from './kill-worker.js';
import { ownDiskFaults } from './own-disk.js';
import { postgresFailoverFaults } from './postgres-failover.js';
import { postgresLinkFaults } from './postgres-link.js';
import { postgresFaults } from './postgres.js';
import { randomModelFaults } from './random-model.js';
import { retriedRequestFaults } from './retried-requests.js';
import { recomputeFaults } from './recompute.js';
import { redisFaults } from './redis.js';
import { s3Faults } from './s3.js';
import { stoppingFaults } from './stopping.js';
import { storageFaults } from './storage.js';
import { webhookFaults } from './webhooks.js';

/** All rows of the table, in order. */
export const allFaults: readonly Fault[] = [
  ...killWorkerFaults,
  ...killAnalysisFaults,
  ...killImportFaults,
  ...killApiFaults,
  ...retriedRequestFaults,
  ...redisFaults,
  ...postgresFaults,
  ...postgresLinkFaults,
  ...postgresFailoverFaults,
  ...frozenWorkerFaults,
  ...gpuFaults,
  ...gpuRefusalFaults,
  ...gpuFlightFaults,
  ...killHandlerFaults,
  ...fairnessFaults,
  ...recomputeFaults,
  ...cancelFaults,
  ...deletionFaults,
  ...erasureFaults,
  ...diskFullFaults,
  ...storageFaults,
  ...ownDiskFaults,
  ...clockFaults,
  ...s3Faults,
  ...badFfmpegFaults,
  ...killFfmpegFaults,
  ...hostileFaults,
  ...coverArtFaults,
  ...stoppingFaults,
  ...clientFaults,
  ...webhookFaults,
  ...randomModelFaults,
];
