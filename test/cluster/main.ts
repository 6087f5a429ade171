import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ManagedProcess } from '../../apps/standalone/src/managed-process.js';
import { makeAudio, speech } from '../support/audio-measure.js';
import { processesNaming } from '../support/running-processes.js';
import { makePartner } from '../support/shared-stack.js';
import type { Details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { Cluster, type StorageKind } from './cluster.js';
import { PatientClient } from './patient-client.js';

const usage = `Usage: node dist/test/cluster/main.js [--short] [--storage s3|folder]

Two APIs and three workers on one Postgres, Redis and bucket take recordings while one process at a time is killed.

  --short      40 recordings in place of 200: what CI runs
  --storage    s3: s3rver as the bucket (default); folder: one that all processes mount`;

const options = {
  short: { type: 'boolean', default: false },
  storage: { type: 'string', default: 's3' },
  help: { type: 'boolean', default: false },
} as const;

/** 32 s: two samples of 15 s. */
const recordingSeconds = 32;
const expectedSamples = 2;
const uploadsAtATime = 4;
const downMs = 1_000;

class Report {
  passed = 0;
  failed = 0;

  check(holds: boolean, promise: string, seen?: unknown): void {
    if (holds) this.passed += 1;
    else this.failed += 1;
    console.log(`${holds ? 'ok    ' : 'FAILED'} ${promise}${holds ? '' : `; seen: ${JSON.stringify(seen)}`}`);
  }
}

async function forEachLimited<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, lane));
}

/** Ends a process as a failing machine does (Postgres: restarts it, ending its sessions) and brings it back. */
async function strike(victim: ManagedProcess, cluster: Cluster): Promise<void> {
  if (victim === cluster.postgres) {
    await victim.stop();
  } else {
    victim.kill('SIGKILL');
    await victim.ended;
    await sleep(downMs);
  }
  await victim.start();
}

async function run(cluster: Cluster, recordings: number, report: Report): Promise<void> {
  const partner = await makePartner({ baseUrl: cluster.baseUrls[0] ?? '', adminKey: cluster.adminKey });
  const client = new PatientClient(cluster.baseUrls, partner.key);
  const file = path.join(cluster.folder, 'recording.flac');
  await makeAudio(cluster.tools, ['-i', speech('en'), '-t', String(recordingSeconds), file]);
  const bytes = await readFile(file);
  const form = (name: string) => (): FormData => {
    const made = new FormData();
    made.set('name', name);
    made.set('file', new Blob([bytes]), 'recording.flac');
    return made;
  };

  const victims = [...cluster.workers, ...cluster.apis, cluster.valkey, cluster.postgres];
  const rounds = victims.length * Math.max(1, Math.round(recordings / 70));
  const names = Array.from({ length: recordings }, (_, at) => `voice-${String(at + 1).padStart(3, '0')}`);
  let accepted = 0;
  const kills = new Map<string, number>();
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round++) {
    const batch = names.slice((recordings * round) / rounds, (recordings * (round + 1)) / rounds);
    const victim = victims[round % victims.length];
    if (victim === undefined) throw new Error('nobody to kill');
    const before = accepted;
    const uploads = forEachLimited(batch, uploadsAtATime, async (name) => {
      if (await client.create(partner.name, name, form(name))) accepted += 1;
    });
    await Promise.race([uploads, waitFor('an upload under way', () => accepted > before, { everyMs: 5 })]);
    await Promise.all([uploads, strike(victim, cluster)]);
    kills.set(victim.name, (kills.get(victim.name) ?? 0) + 1);
    console.log(`${victim.name.padEnd(9)} was killed and is back; ${accepted} of ${recordings} accepted`);
  }
  report.check(accepted === recordings, `${recordings} of ${recordings} recordings accepted`, client.errors);
  report.check(
    victims.every(({ name }) => kills.has(name)),
    'every process was killed while recordings came in',
  );

  const open = new Set(names);
  const found: Details[] = [];
  await waitFor(
    'every voice to settle',
    async () => {
      await forEachLimited([...open], uploadsAtATime, async (name) => {
        const voice = await client.read<Details>(partner.route(name));
        if (voice === null || Object.values(voice.status).includes('in_progress')) return;
        open.delete(name);
        found.push(voice);
      });
      return open.size === 0;
    },
    { timeoutMs: 300_000, everyMs: 500 },
  ).catch(() => undefined);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const complete = found.filter(({ status }) => status.splitting === 'completed' && status.embedding === 'completed');
  report.check(complete.length === recordings, `${recordings} of ${recordings} complete`, {
    complete: complete.length,
    open: [...open],
    failed: found.filter((voice) => !complete.includes(voice)).map(({ name, errors }) => ({ name, errors })),
  });
  const short = complete.filter(({ samples }) => samples.length !== expectedSamples).map(({ name }) => name);
  report.check(short.length === 0, `each has its ${expectedSamples} samples`, short);

  const broken: string[] = [];
  await forEachLimited(complete, uploadsAtATime, async (voice) => {
    for (const baseUrl of cluster.baseUrls) {
      const sample = await fetch(`${baseUrl}${partner.route(voice.name)}/samples/1`, {
        headers: { 'X-Api-Key': partner.key },
      });
      const audio = Buffer.from(await sample.arrayBuffer());
      if (sample.status !== 200 || !audio.subarray(0, 4).equals(Buffer.from('OggS'))) broken.push(voice.name);
    }
    const zip = await fetch(voice.embedding_zip_url ?? '');
    await zip.body?.cancel();
    if (zip.status !== 200) broken.push(`${voice.name}.zip`);
  });
  report.check(broken.length === 0, 'samples come from either API, embeddings by their URLs', broken);

  const listed = await client.read<readonly { readonly name: string }[]>(partner.route());
  report.check(
    JSON.stringify(listed?.map(({ name }) => name)) === JSON.stringify(names),
    'the list has every voice once',
    listed?.length,
  );
  report.check(client.errors.length === 0, '0 errors seen by clients that retry once', client.errors);
  const orphans = (await processesNaming(cluster.folder)).length;
  const ours = [...cluster.apis, ...cluster.workers, cluster.postgres].length;
  console.log(
    `${recordings} recordings, ${rounds} kills, ${client.retries} retries, ${seconds} s, ${orphans}/${ours} processes name the folder`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help) return console.log(usage);
  if (values.storage !== 's3' && values.storage !== 'folder') throw new Error('--storage must be s3 or folder');
  const storage: StorageKind = values.storage;
  const report = new Report();
  const cluster = await Cluster.start({ apis: 2, workers: 3, storage });
  try {
    await run(cluster, values.short ? 40 : 200, report);
  } catch (error) {
    report.check(false, 'the run reached its end', String(error));
  } finally {
    if (report.failed > 0) console.log(cluster.log.lines.slice(-60).join('\n'));
    await cluster.stop();
  }
  console.log(`${report.passed} passed, ${report.failed} failed`);
  if (report.failed > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
