import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findAudioTools } from '#libs/audio';
import { projectRoot } from '#libs/local-services';
import { EmulatorControl } from '../faults/emulator-control.js';
import { setUpServices, tearDown } from '../support/setup.js';
import { runToEnd } from '../support/run-to-end.js';
import type { BenchCase, Lab } from './bench-case.js';
import { startBenchStack } from './bench-stack.js';
import { analysisTrack } from './cases/analysis-track.js';
import { consolePages } from './cases/console.js';
import { embeddingZip } from './cases/embedding-zip.js';
import { eventStreams } from './cases/event-streams.js';
import { exportOfVoice } from './cases/export.js';
import { importOfVoice } from './cases/import.js';
import { encodeOnce, resplit, samplesFirst } from './cases/long-recording.js';
import { overhead, throughput, workers } from './cases/many-recordings.js';
import { previews } from './cases/previews.js';
import { details, detailsAtScale, list } from './cases/queries.js';
import { restore } from './cases/restore.js';
import { search } from './cases/search.js';
import { bundle, download, upload } from './cases/transfers.js';
import { Inputs } from './inputs.js';
import { describeMachine, isSameMachine, machineLine, notes, summary, table, type Report } from './report.js';
import { full, short } from './scales.js';
import { docsFile, writeBetween, writeJson } from './write-docs.js';

const cases: readonly BenchCase[] = [
  ...[encodeOnce, analysisTrack, samplesFirst, resplit, throughput, overhead, workers],
  ...[
    upload,
    download,
    bundle,
    embeddingZip,
    exportOfVoice,
    importOfVoice,
    restore,
    details,
    detailsAtScale,
    list,
    search,
    eventStreams,
    previews,
    consolePages,
  ],
];

const usage = `Usage: main.js [--short] [--only ${cases.map(({ name }) => name).join('|')}]…`;

/**
 * `npm run bench` runs every case and its reference in turns. `--short` only checks that all cases run, with very
 * little work. A full run updates docs/performance.md and docs/performance.json after each case.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { short: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } },
  });
  const chosen = cases.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  if (chosen.length < values.only.length) throw new Error(usage);

  const folder = await mkdtemp(path.join(os.tmpdir(), 'timbre-bench-'));
  await setUpServices();
  try {
    const tools = await findAudioTools({
      searchPath: process.env['PATH'] ?? '',
      launcherFolder: path.join(folder, 'launchers'),
    });
    const cache = path.join(projectRoot, '.cache', 'bench');
    await mkdir(cache, { recursive: true });
    const scale = values.short ? short : full;
    const inputs = new Inputs(tools, cache);
    const report = {
      machine: describeMachine(tools),
      date: new Date().toISOString(),
      results: [] as Report['results'][number][],
    };
    const failed: string[] = [];
    for (const one of chosen) {
      const result = await runCase(one, { tools, scale, inputs, folder }).catch((error: unknown) => {
        console.error(
          `FAILED  ${one.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        failed.push(one.name);
      });
      if (result === undefined) continue;
      report.results.push(result);
      if (!values.short) await publish(report);
    }
    console.log(`\n${machineLine(report)}\n\n${table(report)}`);
    console.log(`\n${report.results.length} passed, ${failed.length} failed`);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await tearDown();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a case with its own installation, an instant emulator and no rate limit. */
async function runCase(one: BenchCase, lab: Omit<Lab, 'stack'>): Promise<Report['results'][number]> {
  const startedAt = performance.now();
  const loadBefore = os.loadavg()[0] ?? 0;
  const stack = await startBenchStack();
  try {
    await new EmulatorControl(stack.address.emulatorUrl, stack.address.emulatorKey).behaveWell();
    const rows = await one.run({ ...lab, stack });
    const load = [loadBefore, os.loadavg()[0] ?? 0] as const;
    const result = { case: one.name, date: new Date().toISOString(), rows, load };
    console.log(`ran     ${one.name}, ${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${summary(rows)}`);
    return result;
  } catch (error) {
    console.error(stack.lines.slice(-30).join('\n'));
    throw error;
  } finally {
    await stack.stop();
  }
}

/**
 * Writes the figures between the marks of docs/performance.md. The rest of the page is written by hand. Cases that were
 * not run keep their figures if those are from the same machine.
 */
async function publish(report: Report): Promise<void> {
  const earlier = await readFile(docsFile('performance.json'), 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  );
  const kept = earlier !== undefined && isSameMachine(earlier, report) ? earlier.results : [];
  const results = cases.flatMap(({ name }) => {
    const isThis = (result: Report['results'][number]): boolean => result.case === name;
    return report.results.find(isThis) ?? kept.find(isThis) ?? [];
  });
  const whole = { ...report, results };
  await writeBetween('performance.md', 'bench', `${machineLine(whole)}\n\n${table(whole)}\n\n${notes(whole)}`);
  await writeJson('performance.json', whole);
}

runToEnd(main);
