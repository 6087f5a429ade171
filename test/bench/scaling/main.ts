import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '#libs/local-services';
import { Inputs } from '../inputs.js';
import { describeMachine } from '../report.js';
import { docsFile, writeBetween, writeJson } from '../write-docs.js';
import { runToEnd } from '../../support/run-to-end.js';
import { measureAll } from './measure-all.js';
import { plot } from './plot.js';
import { tables, type Results } from './results.js';
import { full, short } from './scales.js';
import { Site } from './site.js';

const usage = `Usage: npm run bench:scaling [-- --short]

Measures throughput with 1, 2 and 4 workers, and the cost of audio, embeddings and requests. Writes docs/scaling.svg,
docs/scaling.json and the tables of docs/scaling.md.

  --short      next to no work, and nothing is written: whether it runs, not how fast`;

const loadNow = (): number => os.loadavg()[0] ?? 0;

async function measure(isShort: boolean): Promise<Results> {
  const [startedAt, loadBefore] = [performance.now(), loadNow()];
  const cache = path.join(projectRoot, '.cache', 'bench');
  await mkdir(cache, { recursive: true });
  const site = await Site.start();
  try {
    const { tools } = site.cluster;
    const { curves, costs } = await measureAll(site, isShort ? short : full, new Inputs(tools, cache));
    return {
      machine: describeMachine(tools),
      date: new Date().toISOString(),
      load: [loadBefore, loadNow()],
      tookSeconds: (performance.now() - startedAt) / 1000,
      curves,
      costs,
    };
  } catch (error) {
    console.error(site.cluster.log.lines.slice(-30).join('\n'));
    throw error;
  } finally {
    await site.stop();
  }
}

/** Returns the names of curves and costs without a valid figure. The run fails if there are any. */
function failuresOf({ curves, costs }: Results): readonly string[] {
  const rates = curves.flatMap(({ name, points }) =>
    points.flatMap(({ values }) => values.map((value) => ({ name, value }))),
  );
  const figures = [...rates, ...costs.map(({ what, value }) => ({ name: what, value }))];
  return figures.filter(({ value }) => !(Number.isFinite(value) && value >= 0)).map(({ name }) => name);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { short: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return console.log(usage);
  const results = await measure(values.short);
  const drawn = plot(results);
  console.log(`\n${tables(results)}\n`);
  if (!values.short) {
    await writeFile(docsFile('scaling.svg'), drawn);
    await writeJson('scaling.json', results);
    await writeBetween('scaling.md', 'scaling', tables(results));
  }
  const failed = failuresOf(results);
  for (const name of failed) console.log(`FAILED  ${name}: no figure`);
  console.log(`${results.curves.length + results.costs.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
}

runToEnd(main);
