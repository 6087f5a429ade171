import { parseArgs } from 'node:util';
import { findTestTools, temporaryFolder } from '../support/audio-measure.js';
import { runToEnd } from '../support/run-to-end.js';
import { caseOf, Fuzzing, type FuzzCase } from './fuzz-case.js';
import { table, type Judged } from './report.js';
import { ThroughApi } from './through-api.js';

const usage = `Usage: node dist/test/fuzz-audio/main.js [--short] [--count N] [--seed N]

Damages recordings in every container that Timbre accepts, converts them and checks the results. Each must be refused,
or converted with correct timestamps and with a warning if audio is missing.

  --short    25 recordings instead of 500, as in CI
  --count N  the number of recordings
  --seed N   only the recording of this seed`;

const options = {
  short: { type: 'boolean', default: false },
  count: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The number of concurrent cases. Each runs one or two ffmpeg processes. */
const lanes = 2;

/** Every n-th case also goes through a complete installation. */
const throughApiEvery = { short: 5, long: 10 } as const;

/** Coprime to the number of containers and of damages, so that few cases cover many kinds. */
const seedStep = 9;

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help) return console.log(usage);
  const count = wholeNumber('count', values.count ?? (values.short ? '25' : '500'));
  const seeds =
    values.seed === undefined
      ? Array.from({ length: count }, (_, at) => at * seedStep)
      : [wholeNumber('seed', values.seed)];
  const apiEvery = values.seed === undefined ? throughApiEvery[values.short ? 'short' : 'long'] : 1;
  const folder = await temporaryFolder();
  const judged: Judged[] = [];
  const tools = await findTestTools(`${folder.path}/launchers`);
  const api = await ThroughApi.start(tools);
  try {
    const fuzzing = new Fuzzing(tools, folder.path);
    const waiting = [...seeds.entries()];
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [at, seed] = next;
        const one = await judge(fuzzing, caseOf(seed), at % apiEvery === 0 ? api : undefined);
        judged.push(one);
        if (one.problems.length > 0 || values.seed !== undefined) console.log(line(one));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await api.stop();
    await folder.remove();
  }
  const failed = judged.filter(({ problems }) => problems.length > 0).length;
  if (failed > 0) process.exitCode = 1;
  console.log(`\n${table(judged)}\n`);
  console.log(`${judged.length - failed} passed, ${failed} failed`);
}

async function judge(fuzzing: Fuzzing, fuzzCase: FuzzCase, api: ThroughApi | undefined): Promise<Judged> {
  const specimen = await fuzzing.specimen(fuzzCase);
  try {
    const verdict = await fuzzing.judge(fuzzCase, specimen);
    const atApi = (await api?.judge(fuzzCase, specimen, verdict)) ?? [];
    const problems = [...verdict.problems, ...atApi.map((problem) => `through the API: ${problem}`)];
    return { ...fuzzCase, ...verdict, problems, what: specimen.what };
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...fuzzCase, outcome: 'refused', problems: [problem], warnings: [], missing: [], what: specimen.what };
  } finally {
    await fuzzing.clear(specimen);
  }
}

const line = ({ seed, container, what, outcome, problems, warnings }: Judged): string =>
  [`seed ${seed}: ${container.name}, ${what}: ${outcome}`, ...warnings.map((text) => `  ${text}`)]
    .concat(problems.map((text) => `  WRONG: ${text}`))
    .join('\n');

function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${flag} must be a whole number, not ${text}`);
}

runToEnd(main);
