import { parseArgs } from 'node:util';
import { runToEnd } from '../support/run-to-end.js';
import type { Fault } from './fault.js';
import { allFaults } from './all-faults.js';
import { notes, progress, rowsOf, table } from './report.js';
import { readRecords, writeRecord, type RoundRecord } from './round-record.js';
import { runFaults } from './run-faults.js';

const usage = `Usage: node dist/test/faults/main.js [--short] [--rounds N] [--lanes N] [--only name,name] [--except name,name]
                                     [--record FILE [--resume]] [--table FILE] [--list] [--allow-missing]

  --short          one round per row with shorter outages, as in CI
  --rounds N       rounds per row, default 20, or 1 with --short
  --lanes N        number of labs that run at the same time, default 3
  --only a,b       run only rows whose names start with a or b
  --except a,b     skip rows whose names start with a or b
  --record FILE    append a line of JSON for each finished round
  --resume         skip the rounds that passed according to the --record file
  --table FILE     run nothing, print the table of the rounds recorded in FILE
  --list           print the names of the rows
  --allow-missing  do not count rows as failed that this machine cannot run (such as without root for a small disk)`;

const options = {
  short: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  lanes: { type: 'string', default: '3' },
  only: { type: 'string' },
  except: { type: 'string' },
  record: { type: 'string' },
  resume: { type: 'boolean', default: false },
  table: { type: 'string' },
  list: { type: 'boolean', default: false },
  'allow-missing': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Runs the faults of docs/reliability.md and reports which promises were kept. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  const { short, record: file } = values;
  if (values.help) return console.log(usage);
  const chosen = chosenFaults(values.only, values.except);
  if (values.list) return console.log(chosen.map(({ name, fault }) => `${name}: ${fault}`).join('\n'));
  if (values.table !== undefined) return show(chosen, readRecords(values.table, short ? 'short' : 'long'), short, 0);

  // As the short form of `npm test`, it runs with the ffmpeg that costs least to start.
  if (short) process.env['TEST_FFMPEG'] ??= 'light';
  const missing = chosen.flatMap((fault) => whyMissing(fault));
  const possible = chosen.filter((fault) => !missing.some((one) => one.fault === fault));
  const records = values.resume && file !== undefined ? readRecords(file, short ? 'short' : 'long') : [];
  const passed = new Set(records.flatMap((one) => (one.failure === undefined ? [`${one.fault} ${one.round}`] : [])));
  await runFaults(possible, {
    short,
    rounds: wholeNumber('rounds', values.rounds ?? (short ? '1' : '20')),
    lanes: wholeNumber('lanes', values.lanes),
    isDone: ({ name }, number) => passed.has(`${name} ${number}`),
    onRound: (record) => {
      records.push(record);
      if (file !== undefined) writeRecord(file, record);
      console.log(progress(record));
    },
  });
  for (const { fault, why } of missing) console.log(`cannot run here: ${fault.name} (${why})`);
  show(possible, records, short, values['allow-missing'] ? 0 : missing.length);
}

function chosenFaults(only: string | undefined, except: string | undefined): Fault[] {
  const begins = (name: string, list: string): boolean => list.split(',').some((begin) => name.startsWith(begin));
  const chosen = allFaults
    .filter(({ name }) => only === undefined || begins(name, only))
    .filter(({ name }) => except === undefined || !begins(name, except));
  if (chosen.length === 0) throw new Error('No row name starts with the given words');
  return chosen;
}

function show(faults: readonly Fault[], records: readonly RoundRecord[], short: boolean, missing: number): void {
  const rows = rowsOf(faults, records);
  console.log(`\n${table(rows, short)}\n`);
  const noted = notes(rows);
  if (noted !== '') console.log(`${noted}\n`);
  for (const record of records) if (record.failure !== undefined) console.log(progress(record));
  const passed = rows.filter((row) => row.passed === row.records.length).length;
  const failed = rows.length - passed + missing;
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

runToEnd(main);
