import { Option, type Command } from 'commander';
import { unwrap } from '#libs/client';
import { CliFailure, wrongUsage } from '../failure.js';
import { confirm } from '../screen/ask.js';
import type { Context } from '../timbre/context.js';
import { voiceLines } from '../views/voice-view.js';
import type { Act } from './action.js';
import { givenFields } from './arguments.js';
import { addVoiceFields, type VoiceFieldOptions } from './voice-fields.js';

type Cleared = 'labels' | 'description' | 'creator-name' | 'creator-email';
const clearable = ['labels', 'description', 'creator-name', 'creator-email'] as const satisfies readonly Cleared[];

interface EditOptions extends VoiceFieldOptions {
  readonly clear?: readonly Cleared[];
}

async function rename(context: Context, voice: string, name: string): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const path = { partner, voice };
  const renamed = await unwrap(timbre.PUT('/api/voices/{partner}/{voice}/name', { params: { path }, body: { name } }));
  context.screen.result(renamed, ({ id }) => [`${voice} is called ${renamed.name} (${id})`]);
}

async function edit(context: Context, voice: string, options: EditOptions): Promise<void> {
  const cleared = new Set(options.clear);
  const nullIf = (field: Cleared): null | undefined => (cleared.has(field) ? null : undefined);
  const body = givenFields({
    language: options.language,
    labels: options.label ?? (cleared.has('labels') ? {} : undefined),
    description: options.description ?? nullIf('description'),
    creator_name: options.creatorName ?? nullIf('creator-name'),
    creator_email: options.creatorEmail ?? nullIf('creator-email'),
  });
  if (Object.keys(body).length === 0) throw wrongUsage('Give what to change');
  const { partner, timbre } = await context.partnerSession();
  const changed = await unwrap(
    timbre.PATCH('/api/voices/{partner}/{voice}', { params: { path: { partner, voice } }, body }),
  );
  context.screen.result(changed, voiceLines);
}

async function remove(context: Context, voice: string, options: { force?: boolean; yes?: boolean }): Promise<void> {
  const question = `Delete ${voice} with its recording, samples and embeddings? This cannot be undone.`;
  if (!options.yes && !(await confirm(question))) throw new CliFailure('Nothing was deleted');
  const { partner, timbre } = await context.partnerSession();
  const query = givenFields({ force: options.force });
  await unwrap(timbre.DELETE('/api/voices/{partner}/{voice}', { params: { path: { partner, voice }, query } }));
  context.screen.print(`${voice} is deleted`);
}

async function cancel(context: Context, voice: string): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const cancelled = await unwrap(
    timbre.POST('/api/voices/{partner}/{voice}/cancel', { params: { path: { partner, voice } } }),
  );
  context.screen.result(cancelled, ({ name }) => [`The processing of ${name} is cancelled`]);
}

export function addChanges(voices: Command, act: Act): void {
  voices
    .command('rename')
    .argument('<voice>', 'name or id')
    .argument('<name>', 'its new name')
    .description('Give a voice a new name. Its id stays')
    .action(act((context, voice: string, name: string) => rename(context, voice, name)));
  const edited = voices
    .command('edit')
    .argument('<voice>', 'name or id')
    .description('Change what is known about a voice. --label replaces all labels');
  addVoiceFields(edited)
    .addOption(new Option('--clear <field...>', 'remove what is known').choices(clearable))
    .action(act((context, voice: string, options: EditOptions) => edit(context, voice, options)));
  voices
    .command('delete')
    .argument('<voice>', 'name or id')
    .description('Delete a voice with everything that belongs to it')
    .option('--force', 'also while it is processed, which is cancelled')
    .option('--yes', 'do not ask')
    .action(
      act((context, voice: string, options: { force?: boolean; yes?: boolean }) => remove(context, voice, options)),
    );
  voices
    .command('cancel')
    .argument('<voice>', 'name or id')
    .description('End the splitting and the embedding of a voice')
    .action(act((context, voice: string) => cancel(context, voice)));
}
