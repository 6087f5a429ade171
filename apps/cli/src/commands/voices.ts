import { Option, type Command } from 'commander';
import { unwrap, type Schema } from '#libs/client';
import type { Context } from '../timbre/context.js';
import { failuresOf, sampleColumns, scoredSamples, voiceColumns, voiceLines } from '../views/voice-view.js';
import type { Act } from './action.js';
import { collected, givenFields, wholeNumber } from './arguments.js';
import { addChanges } from './change-voice.js';
import { addCreate } from './create.js';

type Summary = Schema<'VoiceSummary'>;

interface ListOptions {
  readonly search?: string;
  readonly label?: readonly string[];
  readonly status?: Schema<'ProcessingStatus'>;
  readonly sort?: Schema<'VoiceSort'>;
  readonly order?: Schema<'SortOrder'>;
  readonly limit: number;
  readonly all?: boolean;
}

const statuses = [
  'idle',
  'in_progress',
  'completed',
  'failed',
] as const satisfies readonly Schema<'ProcessingStatus'>[];
const sorts = ['name', 'created_at', 'updated_at'] as const satisfies readonly Schema<'VoiceSort'>[];

/** Voices of a page, when all of them are read. */
const pageOfAll = 500;

/** Returns the cursor of the next page, from the header `Link`. */
function nextCursor(response: Response): string | undefined {
  const [, target] = /<([^>]*)>; rel="next"/.exec(response.headers.get('Link') ?? '') ?? [];
  return (target && new URL(target, response.url).searchParams.get('cursor')) || undefined;
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const { search: q, label, status, sort, order } = options;
  const given = givenFields({ q, label: label && [...label], status, sort, order });
  const found: Summary[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...given, limit: options.all ? pageOfAll : options.limit, ...givenFields({ cursor }) };
    const call = timbre.GET('/api/voices/{partner}', { params: { path: { partner }, query }, signal: context.signal });
    found.push(...(await unwrap(call)));
    cursor = nextCursor((await call).response);
  } while (options.all && cursor !== undefined);
  context.screen.result(found, () => context.screen.table(voiceColumns, found));
  if (cursor !== undefined) context.screen.note('There are more: --all lists all of them, --search some');
}

async function show(context: Context, voice: string): Promise<void> {
  const { screen, signal } = context;
  const { partner, timbre } = await context.partnerSession();
  const path = { partner, voice };
  const details = await unwrap(timbre.GET('/api/voices/{partner}/{voice}', { params: { path }, signal }));
  screen.result(details, () => {
    const samples = scoredSamples(details);
    const table = samples.length > 0 ? ['', ...screen.table(sampleColumns, samples)] : [];
    return [...voiceLines(details), ...failuresOf(details), ...table];
  });
}

export function addVoices(program: Command, act: Act): void {
  const voices = program.command('voices').description('List, create and change voices');
  voices
    .command('list')
    .description('List voices')
    .option('--search <text>', 'only those whose name contains this text')
    .option('--label <key:value>', 'only those with this label; may be given several times', collected)
    .addOption(new Option('--status <status>', 'only those whose splitting or embedding has it').choices(statuses))
    .addOption(new Option('--sort <field>', 'order by this field; default: name').choices(sorts))
    .addOption(new Option('--order <direction>', 'default: asc').choices(['asc', 'desc']))
    .option('--limit <number>', 'list no more, at most 1000', wholeNumber, 100)
    .option('--all', 'list all, however many')
    .action(act((context, options: ListOptions) => list(context, options)));
  addCreate(voices, act);
  voices
    .command('show')
    .argument('<voice>', 'name or id')
    .description('Show a voice and its samples')
    .action(act((context, voice: string) => show(context, voice)));
  addChanges(voices, act);
}
