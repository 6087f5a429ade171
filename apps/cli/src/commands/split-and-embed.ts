import type { Command } from 'commander';
import { unwrap, type Schema } from '#libs/client';
import { durationText } from '../screen/amounts.js';
import type { Context } from '../timbre/context.js';
import { plannedColumns } from '../views/voice-view.js';
import type { Act } from './action.js';
import { collected, givenFields } from './arguments.js';
import { showStarted } from './processing.js';
import { addSplitOptions, type SplitOptions } from './voice-fields.js';

interface SplitCommandOptions extends SplitOptions {
  readonly dryRun?: boolean;
  readonly watch?: boolean;
}

interface EmbedOptions {
  readonly ttsType?: string;
  readonly language?: string;
  readonly sentence?: readonly string[];
  readonly watch?: boolean;
}

/** With `dry_run` the answer is another one than without. */
const isPreview = (answer: object): answer is Schema<'SplitPreview'> => 'dropped_seconds' in answer;

async function split(context: Context, voice: string, options: SplitCommandOptions): Promise<void> {
  const { screen } = context;
  const session = await context.partnerSession();
  const body = givenFields({
    mode: options.mode,
    max_samples: options.maxSamples,
    sample_duration: options.sampleDuration,
    min_duration: options.minDuration,
    select: options.select,
    dry_run: options.dryRun,
  });
  const path = { partner: session.partner, voice };
  const answer = await unwrap(session.timbre.POST('/api/voices/{partner}/{voice}/split', { params: { path }, body }));
  if (!isPreview(answer)) {
    return showStarted(context, session, answer, { watch: options.watch, kinds: ['splitting'] });
  }
  screen.result(answer, ({ samples }) => screen.table(plannedColumns, samples));
  screen.note(`Nothing was changed. ${durationText(answer.dropped_seconds)} would be in no sample`);
}

async function embed(context: Context, voice: string, options: EmbedOptions): Promise<void> {
  const session = await context.partnerSession();
  const body = givenFields({
    tts_type: options.ttsType,
    language: options.language,
    test_sentences: options.sentence && [...options.sentence],
  });
  const path = { partner: session.partner, voice };
  const started = await unwrap(session.timbre.POST('/api/voices/{partner}/{voice}/embed', { params: { path }, body }));
  await showStarted(context, session, started, { watch: options.watch, kinds: ['embedding'] });
}

export function addSplitAndEmbed(program: Command, act: Act): void {
  const splitting = program
    .command('split')
    .argument('<voice>', 'name or id')
    .description('Cut the recording again. The new samples replace all others');
  addSplitOptions(splitting)
    .option('--dry-run', 'show the samples that this would make, and change nothing')
    .option('--watch', 'show the steps, and return when the samples are there')
    .action(act((context, voice: string, options: SplitCommandOptions) => split(context, voice, options)));
  program
    .command('embed')
    .argument('<voice>', 'name or id')
    .description('Make an embedding of the samples, with scores and test samples')
    .option('--tts-type <type>', 'kind of embedding; default: that of the voice')
    .option('--language <tag>', 'language of this embedding; default: that of the voice')
    .option('--sentence <text>', 'sentence for the test samples; may be given several times', collected)
    .option('--watch', 'show the steps, and return when the embedding is there')
    .action(act((context, voice: string, options: EmbedOptions) => embed(context, voice, options)));
}
