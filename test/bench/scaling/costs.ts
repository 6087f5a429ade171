import { stat } from 'node:fs/promises';
import path from 'node:path';
import { seedVoices, settle } from '../seed.js';
import type { TestPartner } from '../../support/shared-stack.js';
import type { EmbeddingsMeasured } from './embeddings.js';
import { peakMemoryBytes } from './processes.js';
import type { RequestsMeasured } from './requests.js';
import type { Cost } from './results.js';
import type { CpuUse, Site } from './site.js';
import type { SplitsMeasured } from './splits.js';

/** The stored bytes of a partner's voices, and the length of their audio. */
export interface Stored {
  readonly originalBytes: number;
  readonly sampleBytes: number;
  readonly originalSeconds: number;
  readonly sampleSeconds: number;
}

/**
 * Returns what splits have stored. Reads the sizes of originals from the folder and those of samples from their rows.
 */
export async function lookAtStored(site: Site, partner: TestPartner): Promise<Stored> {
  const originals = await site.sql<{ key: string; seconds: number }>(
    `SELECT v.original_key AS key, v.original_duration_seconds::float8 AS seconds
     FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1`,
    [partner.name],
  );
  const [samples] = await site.sql<{ bytes: number; seconds: number }>(
    `SELECT sum(s.bytes)::float8 AS bytes, sum(s.duration_seconds)::float8 AS seconds
     FROM samples s JOIN voices v ON v.id = s.voice_id JOIN partners p ON p.id = v.partner_id WHERE p.name = $1`,
    [partner.name],
  );
  const folder = path.join(site.cluster.folder, 'shared', 'objects');
  const sizes = originals.map(async ({ key }) => (await stat(path.join(folder, key))).size);
  return {
    originalBytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
    originalSeconds: originals.reduce((sum, { seconds }) => sum + seconds, 0),
    sampleBytes: samples?.bytes ?? NaN,
    sampleSeconds: samples?.seconds ?? NaN,
  };
}

/** Measurements from which the costs are computed. */
export interface Seen {
  /** Measured with one worker, which did not compete with others for its core. */
  readonly splits: SplitsMeasured;
  readonly recordingSeconds: number;
  readonly stored: Stored;
  readonly embeddings: EmbeddingsMeasured;
  readonly details: RequestsMeasured;
  readonly list: RequestsMeasured;
}

const megabytes = (bytes: number): number => bytes / 1e6;

/** Returns the CPU time of an embedding or a request for each kind of process. */
function shares(what: string, { cpu, count }: { cpu: CpuUse; count: number }, kinds: (keyof CpuUse)[]): Cost[] {
  return kinds.map((kind) => ({
    what: `${what}, ${kind === 'workers' ? 'worker' : kind}`,
    value: (cpu[kind] / count) * 1000,
    unit: 'ms of CPU',
    how: `over ${count}`,
  }));
}

function audioCosts({ splits, recordingSeconds, stored }: Seen): Cost[] {
  const hours = (splits.count * recordingSeconds) / 3600;
  const over = `over ${splits.count} stereo WAVs of ${recordingSeconds} s`;
  const hourOf = (bytes: number, seconds: number): number => (megabytes(bytes) / seconds) * 3600;
  return [
    { what: 'an hour of audio, upload, API', value: splits.uploadCpu.api / hours, unit: 's of CPU', how: over },
    {
      what: 'an hour of audio, worker',
      value: splits.cpu.workers / hours,
      unit: 's of CPU',
      how: `${over}, with ffmpeg`,
    },
    { what: 'an hour of audio, Postgres', value: splits.cpu.postgres / hours, unit: 's of CPU', how: over },
    {
      what: 'an hour of original',
      value: hourOf(stored.originalBytes, stored.originalSeconds),
      unit: 'MB stored',
      how: 'opus, from the files',
    },
    {
      what: 'an hour of samples',
      value: hourOf(stored.sampleBytes, stored.sampleSeconds),
      unit: 'MB stored',
      how: 'opus, from their rows',
    },
  ];
}

async function databaseCosts(site: Site, voices: number): Promise<Cost[]> {
  await seedVoices(site.client, voices);
  await settle(site.client);
  const sizeOf = async (...tables: string[]): Promise<number> => {
    const [row] = await site.sql<{ n: number }>(
      'SELECT sum(pg_total_relation_size(name::regclass))::float8 AS n FROM unnest($1::text[]) AS name',
      [tables],
    );
    return row?.n ?? NaN;
  };
  const [all] = await site.sql<{ n: number }>('SELECT count(*)::int AS n FROM voices');
  return [
    {
      what: 'a voice with 10 samples and an embedding, rows and indexes',
      value: (await sizeOf('voices', 'samples', 'embeddings')) / (all?.n ?? NaN) / 1000,
      unit: 'kB in Postgres',
      how: `over ${all?.n ?? 0} voices`,
    },
  ];
}

/** Returns the number of connections from Postgres and the peak memory from the kernel, at the end of the run. */
function processCosts(site: Site): Cost[] {
  const { apis, workers } = site.cluster;
  const peak = (processes: typeof apis): number =>
    Math.max(...processes.flatMap(({ pid }) => (pid === undefined ? [] : [megabytes(peakMemoryBytes(pid))])));
  return [
    ...[...site.connections].map(([name, value]) => ({
      what: `connections to Postgres of a process, ${name}`,
      value,
      unit: 'at most',
      how: 'pg_stat_activity after each load, DATABASE_POOL_SIZE 10',
    })),
    { what: 'memory of a worker', value: peak(workers), unit: 'MB at most', how: 'VmHWM, without its ffmpegs' },
    { what: 'memory of an API', value: peak(apis), unit: 'MB at most', how: 'VmHWM' },
  ];
}

/** Computes figures for capacity planning from the measurements. */
export async function costsOf(site: Site, seen: Seen, seededVoices: number): Promise<Cost[]> {
  return [
    ...audioCosts(seen),
    ...shares('an embedding', seen.embeddings, ['workers', 'api', 'postgres', 'redis']),
    {
      what: 'a job that has ended',
      value: seen.embeddings.jobRowBytes / 1000,
      unit: 'kB in Postgres',
      how: 'its row, without indexes',
    },
    ...shares('a request for details', seen.details, ['api', 'postgres']),
    ...shares('a page of 100 voices', seen.list, ['api', 'postgres']),
    ...processCosts(site),
    ...(await databaseCosts(site, seededVoices)),
  ];
}
