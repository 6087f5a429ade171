import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeAudio, speech } from '../support/audio-measure.js';
import { makePartner } from '../support/shared-stack.js';
import { runToEnd } from '../support/run-to-end.js';
import { Nginx, nginxMissing } from '../support/nginx.js';
import { Cluster, type ClusterOptions, type StorageKind } from './cluster.js';
import { missingDownloads, sendWhileKilling, settledVoices, type Load } from './load.js';
import { PatientClient } from './patient-client.js';
import { restartRolling } from './rolling-restart.js';

const usage = `Usage: node dist/test/cluster/main.js [--short] [--storage s3|folder]
       node dist/test/cluster/main.js --rolling [--short]

Uploads recordings to two APIs and three workers with one Postgres, Redis and bucket, and kills one process at a time.
All their clocks differ. With --rolling, restarts two APIs behind nginx and two workers one after another, while
4 clients upload and 4 poll.

  --short      40 recordings instead of 200, or one rolling restart instead of five, as in CI
  --storage    s3 (default) uses s3rver as the bucket, folder uses a folder that all processes share`;

const options = {
  short: { type: 'boolean', default: false },
  storage: { type: 'string', default: 's3' },
  rolling: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** 32 s: two samples of 15 s. */
const recordingSeconds = 32;
const expectedSamples = 2;
/** All clocks differ, those of the workers by up to a quarter of an hour. */
const minutesFast = { 'api-1': 4, 'api-2': -4, 'worker-1': 1, 'worker-2': 8, 'worker-3': -7 };
/** The number of times each process is killed in the long form. */
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
  report.check(missing.length === 0, 'every API serves the samples, and the URLs of embeddings work', missing);
  const listed = (await client.read<readonly { readonly name: string }[]>(partner.route()))?.map(({ name }) => name);
  report.check(JSON.stringify(listed) === JSON.stringify(names), 'the list has every voice once', listed?.length);
  report.check(client.errors.length === 0, '0 errors seen by clients that retry once', client.errors);
  console.log(
    `${names.length} recordings, ${victims.length} kills, ${client.retries} retries by clients, ${seconds} s`,
  );
}

async function runRolling(cluster: Cluster, rounds: number, report: Report): Promise<void> {
  const partner = await makePartner({ baseUrl: cluster.frontUrl, adminKey: cluster.adminKey });
  const { answers, bad, accepted, incomplete } = await restartRolling(cluster, partner, rounds);
  console.log(`${rounds} rolling restarts: ${accepted.length} voices, answers ${JSON.stringify(answers)}`);
  report.check(bad.length === 0, '0 answers without a 2xx status', bad.slice(0, 5));
  report.check(incomplete.length === 0, '0 voices that did not complete', incomplete.slice(0, 5));
}

const killed = (storage: StorageKind): ClusterOptions => ({ apis: 2, workers: 3, storage, minutesFast });
/** Processes are restarted one at a time, as in a deployment. */
const restarted: ClusterOptions = {
  ...{ apis: 2, workers: 2, storage: 'folder' },
  front: (apis, folder) => Nginx.start({ apis, folder }),
  env: { SHUTDOWN_DELAY_SECONDS: '5' },
};

/** Returns the log lines at level error or fatal. */
const faults = (lines: readonly string[]): readonly string[] => lines.filter((line) => /"level":[56]0/.test(line));

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help) return console.log(usage);
  if (values.storage !== 's3' && values.storage !== 'folder') throw new Error('--storage must be s3 or folder');
  const report = new Report();
  if (values.rolling && nginxMissing !== null) throw new Error(nginxMissing);
  const cluster = await Cluster.start(values.rolling ? restarted : killed(values.storage));
  try {
    await (values.rolling ? runRolling(cluster, values.short ? 1 : 5, report) : run(cluster, values.short, report));
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
