import { parseArgs } from 'node:util';
import { embedInstantly } from '../e2e/contract/emulated.js';
import { runToEnd } from '../support/run-to-end.js';
import { setUpServices, tearDown } from '../support/setup.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { mutantOf, mutations, nameOf, type Mutant, type Mutation } from './mutate.js';

const usage = `Usage: node dist/test/fuzz-imports/main.js [--short] [--count N] [--seed N]

Changes archives of voices at random and imports them through a complete installation. Each must be refused with a sentence,
or imported: an answer of 500 or above fails, and so does an import that does not end.

  --short    60 archives instead of 2,000, as in CI
  --count N  the number of archives
  --seed N   only the archive of this seed`;

const options = {
  short: { type: 'boolean', default: false },
  count: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const lanes = 4;

/** An import's answer. */
interface Judged {
  readonly mutation: Mutation;
  readonly status: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help) return console.log(usage);
  const count = Number(values.count ?? (values.short ? '60' : '2000'));
  const seeds = values.seed === undefined ? Array.from({ length: count }, (_, at) => at) : [Number(values.seed)];
  await setUpServices();
  const stack = await Stack.start();
  const judged: Judged[] = [];
  const problems: string[] = [];
  try {
    const partner = await makePartner(stack.address);
    await embedInstantly(stack.address, partner);
    const left = seeds.values();
    const lane = async (): Promise<void> => {
      for (const seed of left) {
        const mutant = mutantOf(seed);
        const { status, problem } = await judge(partner, mutant);
        judged.push({ mutation: mutant.mutation, status });
        if (problem !== null) problems.push(`${nameOf(mutant)}: ${problem}`);
        if (values.seed !== undefined) console.log(`${nameOf(mutant)}: ${status}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    await waitFor('all imports have ended', () => hasNone(partner, 'status=in_progress'), { timeoutMs: 600_000 });
  } finally {
    await stack.stop();
    await tearDown();
  }
  for (const problem of problems) console.log(`WRONG: ${problem}`);
  console.log(`\n${table(judged)}\n\n${judged.length - problems.length} passed, ${problems.length} failed`);
  if (problems.length > 0) process.exitCode = 1;
}

async function judge(partner: TestPartner, mutant: Mutant): Promise<{ status: number; problem: string | null }> {
  const form = new FormData();
  form.set('on_conflict', 'rename');
  form.set('file', new Blob([mutant.archive]), 'voice.zip');
  const { status, body } = await partner.http.post<{ readonly detail?: string }>(`${partner.route()}/import`, form);
  const isFine = status === 201 || (status === 422 && (body.detail ?? '').length > 5);
  return { status, problem: isFine ? null : `${status} ${JSON.stringify(body)}` };
}

async function hasNone(partner: TestPartner, query: string): Promise<boolean> {
  return (await partner.http.get<unknown[]>(`${partner.route()}?${query}&limit=1`)).body.length === 0;
}

/** Returns as Markdown how many archives were imported and refused. */
function table(judged: readonly Judged[]): string {
  const row = (mutation: Mutation): string => {
    const own = judged.filter((one) => one.mutation === mutation);
    const accepted = own.filter(({ status }) => status === 201).length;
    return `| ${mutation.padEnd(8)} | ${String(accepted).padStart(8)} | ${String(own.length - accepted).padStart(7)} |`;
  };
  return ['| mutation | accepted | refused |', '| -------- | -------: | ------: |', ...mutations.map(row)].join('\n');
}

runToEnd(main);
