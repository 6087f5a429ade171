import type { Command } from 'commander';
import { unwrap, type Schema } from '#libs/client';
import { ageText, bytesText } from '../screen/amounts.js';
import type { Column } from '../screen/table.js';
import type { Context } from '../timbre/context.js';
import type { Act } from './action.js';

const columns: readonly Column<Schema<'EmbeddingRun'>>[] = [
  { title: 'RUN', cell: ({ run_id }) => run_id },
  { title: 'TYPE', cell: ({ tts_type }) => tts_type },
  { title: 'CURRENT', cell: ({ current }) => (current ? 'yes' : '') },
  { title: 'SAMPLES', cell: ({ sample_count }) => sample_count, isNumber: true },
  {
    title: 'BEST',
    cell: ({ best_score }) => best_score?.toFixed(3),
    exact: ({ best_score }) => best_score,
    isNumber: true,
  },
  { title: 'ENGINE', cell: ({ engine }) => engine && `${engine.name} ${engine.version}` },
  { title: 'LANGUAGE', cell: ({ language }) => language },
  { title: 'SIZE', cell: ({ bytes }) => bytesText(bytes), exact: ({ bytes }) => bytes, isNumber: true },
  { title: 'MADE', cell: ({ created_at }) => ageText(created_at), exact: ({ created_at }) => created_at },
];

async function list(context: Context, voice: string): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const path = { partner, voice };
  const { signal, screen } = context;
  const runs = await unwrap(timbre.GET('/api/voices/{partner}/{voice}/embedding-runs', { params: { path }, signal }));
  screen.result(runs, () => screen.table(columns, runs));
}

async function restore(context: Context, voice: string, run_id: string): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const path = { partner, voice, run_id };
  const changed = await unwrap(
    timbre.POST('/api/voices/{partner}/{voice}/embedding-runs/{run_id}/restore', { params: { path } }),
  );
  context.screen.result(changed, ({ name }) => [`${run_id} is the current run of ${name}`]);
}

export function addRuns(program: Command, act: Act): void {
  const runs = program.command('runs').description('List the embedding runs of a voice, and go back to one');
  runs
    .command('list')
    .argument('<voice>', 'name or id')
    .description('List the embedding runs that are kept, newest first')
    .action(act((context, voice: string) => list(context, voice)));
  runs
    .command('restore')
    .argument('<voice>', 'name or id')
    .argument('<run>', 'id of the run')
    .description('Make an earlier run the current one')
    .action(act((context, voice: string, run: string) => restore(context, voice, run)));
}
