import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeAudio, speech } from '../support/audio-measure.js';
import { makePartner } from '../support/shared-stack.js';
import { runToEnd } from '../support/run-to-end.js';
import { Cluster } from './cluster.js';
import { missingDownloads, sendWhileKilling, settledVoices, type Load } from './load.js';
import { PatientClient } from './patient-client.js';

const usage = `Usage: node dist/test/cluster/main.js [--short] [--storage s3|folder]

Two APIs and three workers on one Postgres, Redis and bucket take recordings while one process at a time is killed.
No two of them agree on the time.

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
/** No two machines agree on the time, and the workers' clocks are a quarter of an hour apart. */
const minutesFast = { 'api-1': 4, 'api-2': -4, 'worker-1': 1, 'worker-2': 8, 'worker-3': -7 };
/** How often each process is killed in the long form. */
const turns = 3;

class Report {
  passed = 0;
  failed = 0;

  check(holds: boolean, promise: string, seen?: unknown): void {
    if (holds) this.passed += 1;
    else this.failed += 1;
    console.log(`${holds ? 'ok    ' : 'FAILED'} ${promise}${holds ? '' : `; seen: ${JSON.stringify(seen)}`}`);
  }
}

async function prepare(cluster: Cluster, recordings: number): Promise<Load> {
  const partner = await makePartner({ baseUrl: cluster.baseUrls[0] ?? '', adminKey: cluster.adminKey });
  const file = path.join(cluster.folder, 'recording.flac');
  await makeAudio(cluster.tools, ['-i', speech('en'), '-t', String(recordingSeconds), file]);
  const recording = new Blob([await readFile(file)]);
  return {
    cluster,
    partner,
    client: new PatientClient(cluster.baseUrls, partner.key),
    names: Array.from({ length: recordings }, (_, at) => `voice-${String(at + 1).padStart(3, '0')}`),
    form: (name) => {
      const form = new FormData();
      form.set('name', name);
      form.set('file', recording, 'recording.flac');
      return form;
    },
  };
}

async function run(cluster: Cluster, short: boolean, report: Report): Promise<void> {
  const load = await prepare(cluster, short ? 40 : 200);
  const { client, names, partner } = load;
  const processes = [...cluster.workers, ...cluster.apis, cluster.valkey, cluster.postgres];
  const victims = Array.from({ length: short ? 1 : turns }, () => processes).flat();
  const startedAt = performance.now();
  const accepted = await sendWhileKilling(load, victims);
  report.check(accepted.size === names.length, `${names.length} of ${names.length} recordings accepted`, accepted.size);

  const settled = await settledVoices(load, accepted);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const complete = settled.filter(({ status }) => status.splitting === 'completed' && status.embedding === 'completed');
  const failed = settled.filter((voice) => !complete.includes(voice)).map(({ name, errors }) => ({ name, errors }));
  const seen = { complete: complete.length, settled: settled.length, failed };
  report.check(complete.length === names.length, `${names.length} of ${names.length} complete`, seen);
  const odd = complete.filter(({ samples }) => samples.length !== expectedSamples).map(({ name }) => name);
  report.check(odd.length === 0, `each has its ${expectedSamples} samples`, odd);
  const missing = await missingDownloads(load, complete);
  report.check(missing.length === 0, 'samples come from either API, embeddings by their URLs', missing);
  const listed = (await client.read<readonly { readonly name: string }[]>(partner.route()))?.map(({ name }) => name);
  report.check(JSON.stringify(listed) === JSON.stringify(names), 'the list has every voice once', listed?.length);
  report.check(client.errors.length === 0, '0 errors seen by clients that retry once', client.errors);
  console.log(
    `${names.length} recordings, ${victims.length} kills, ${client.retries} retries by clients, ${seconds} s`,
  );
}

/** Faults the processes wrote themselves. */
const faults = (lines: readonly string[]): readonly string[] => lines.filter((line) => /"level":[56]0/.test(line));

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help) return console.log(usage);
  if (values.storage !== 's3' && values.storage !== 'folder') throw new Error('--storage must be s3 or folder');
  const report = new Report();
  const cluster = await Cluster.start({ apis: 2, workers: 3, storage: values.storage, minutesFast });
  try {
    await run(cluster, values.short, report);
  } catch (error) {
    report.check(false, 'the run reached its end', String(error));
  } finally {
    if (report.failed > 0) console.log(faults(cluster.log.lines).join('\n'));
    await cluster.stop();
  }
  console.log(`${report.passed} passed, ${report.failed} failed`);
  if (report.failed > 0) process.exitCode = 1;
}

runToEnd(main);
