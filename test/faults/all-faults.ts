import { badFfmpegFaults } from './bad-ffmpeg.js';
import { deletionFaults } from './deletion.js';
import { diskFullFaults } from './disk-full.js';
import { fairnessFaults } from './fairness.js';
import type { Fault } from './fault.js';
import { frozenWorkerFaults } from './frozen-worker.js';
import { gpuFlightFaults } from './gpu-flight.js';
import { gpuFaults } from './gpu.js';
import { hostileFaults } from './hostile.js';
import { killApiFaults } from './kill-api.js';
import { killFfmpegFaults } from './kill-ffmpeg.js';
import { killWorkerFaults } from './kill-worker.js';
import { postgresLinkFaults } from './postgres-link.js';
import { postgresFaults } from './postgres.js';
import { randomModelFaults } from './random-model.js';
import { redisFaults } from './redis.js';
import { s3Faults } from './s3.js';
import { stoppingFaults } from './stopping.js';
import { storageFaults } from './storage.js';

/** Every row of the table, in its order. */
export const allFaults: readonly Fault[] = [
  ...killWorkerFaults,
  ...killApiFaults,
  ...redisFaults,
  ...postgresFaults,
  ...postgresLinkFaults,
  ...frozenWorkerFaults,
  ...gpuFaults,
  ...gpuFlightFaults,
  ...fairnessFaults,
  ...deletionFaults,
  ...diskFullFaults,
  ...storageFaults,
  ...s3Faults,
  ...badFfmpegFaults,
  ...killFfmpegFaults,
  ...hostileFaults,
  ...stoppingFaults,
  ...randomModelFaults,
];
