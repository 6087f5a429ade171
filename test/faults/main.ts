import { parseArgs } from 'node:util';
import type { Fault } from './fault.js';
import { allFaults } from './all-faults.js';
import { notes, table } from './report.js';
import { runFaults } from './run-faults.js';

const usage = `Usage: node dist/test/faults/main.js [--short] [--rounds N] [--lanes N] [--only name,name] [--list] [--allow-missing]

  --short          one round a row, shorter outages: what CI runs
  --rounds N       rounds a row; else 20, or 1 in the short form
  --lanes N        labs at work at the same time, default 3
  --only a,b       only the rows whose names begin so
  --list           names of the rows
  --allow-missing  rows this machine cannot run (no root for a small disk) do not count as failed`;

const options = {
  short: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  lanes: { type: 'string', default: '3' },
  only: { type: 'string' },
  list: { type: 'boolean', default: false },
  'allow-missing': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Breaks Timbre in every way of docs/reliability.md and says what held. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help) return console.log(usage);
  const names = values.only?.split(',');
  const chosen = allFaults.filter(({ name }) => names?.some((begin) => name.startsWith(begin)) ?? true);
  if (values.list) return console.log(chosen.map(({ name, fault }) => `${name}: ${fault}`).join('\n'));
  if (chosen.length === 0) throw new Error(`No row is called ${values.only}`);

  const missing = chosen.flatMap((fault) => whyMissing(fault));
  const possible = chosen.filter((fault) => !missing.some((one) => one.fault === fault));
  const results = await runFaults(possible, {
    short: values.short,
    rounds: values.rounds === undefined ? undefined : wholeNumber('rounds', values.rounds),
    lanes: wholeNumber('lanes', values.lanes),
  });

  console.log(`\n${table(results, values.short)}\n`);
  const noted = notes(results);
  if (noted !== '') console.log(`${noted}\n`);
  for (const { fault, why } of missing) console.log(`not possible here: ${fault.name} (${why})`);
  for (const row of results) for (const failure of row.failures) console.log(`FAILED ${row.fault.name}, ${failure}`);
  const passed = results.filter((row) => row.passed === row.rounds).length;
  const failed = results.length - passed + (values['allow-missing'] ? 0 : missing.length);
  if (failed > 0) process.exitCode = 1;
  console.log(`${passed} passed, ${failed} failed`);
}

function whyMissing(fault: Fault): { readonly fault: Fault; readonly why: string }[] {
  const why = fault.impossible?.();
  return why === undefined ? [] : [{ fault, why }];
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1) return value;
  throw new Error(`--${flag} must be a whole number from 1, not ${text}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
