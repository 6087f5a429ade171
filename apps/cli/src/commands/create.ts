import path from 'node:path';
import type { Command } from 'commander';
import { unwrap, type Schema } from '#libs/client';
import { wrongUsage } from '../failure.js';
import type { Context } from '../timbre/context.js';
import { multipartBody } from '../timbre/multipart.js';
import type { Act } from './action.js';
import { givenFields } from './arguments.js';
import { showStarted } from './processing.js';
import { addSplitOptions, addVoiceFields, type VoiceFieldOptions } from './voice-fields.js';

type Details = Schema<'VoiceDetails'>;

interface CreateOptions extends VoiceFieldOptions {
  readonly name?: string;
  readonly splitMode?: string;
  readonly splitMaxSamples?: number;
  readonly splitSampleDuration?: number;
  readonly splitMinDuration?: number;
  readonly splitSelect?: string;
  readonly watch?: boolean;
}

const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));

async function createEmpty(context: Context, name: string, options: CreateOptions): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const fields = { language: options.language, labels: options.label, description: options.description };
  const creator = { creator_name: options.creatorName, creator_email: options.creatorEmail };
  const body = { name, ...givenFields({ ...fields, ...creator }) };
  const made = await unwrap(timbre.POST('/api/voices/{partner}/empty', { params: { path: { partner } }, body }));
  context.screen.result(made, ({ id }) => [`${made.name} (${id}): empty. "timbre samples add" adds samples`]);
}

async function createFrom(context: Context, file: string, options: CreateOptions): Promise<void> {
  const fields = {
    name: options.name ?? path.parse(file).name,
    language: options.language,
    labels: options.label && JSON.stringify(options.label),
    description: options.description,
    creator_name: options.creatorName,
    creator_email: options.creatorEmail,
    split_mode: options.splitMode,
    split_max_samples: text(options.splitMaxSamples),
    split_sample_duration: text(options.splitSampleDuration),
    split_min_duration: text(options.splitMinDuration),
    split_select: options.splitSelect,
  };
  const body = await multipartBody({ file, fields });
  const session = await context.partnerSession();
  const route = `/api/voices/${encodeURIComponent(session.partner)}`;
  const made = await context.upload<Details>(session, route, body, `Uploading ${path.basename(file)}`);
  await showStarted(context, session, made, { watch: options.watch, kinds: ['splitting', 'embedding'] });
}

export function addCreate(voices: Command, act: Act): void {
  const create = voices
    .command('create')
    .argument('[file]', 'recording; without it the voice is empty')
    .description('Create a voice from a recording, which is split and embedded')
    .option('--name <name>', 'name of the voice; default: the name of the file, without its ending');
  addSplitOptions(addVoiceFields(create), 'split-')
    .option('--watch', 'show the steps, and return when the voice is ready')
    .action(
      act((context, file: string | undefined, options: CreateOptions) => {
        if (file !== undefined) return createFrom(context, file, options);
        if (options.name === undefined) throw wrongUsage('Give a recording, or --name for an empty voice');
        return createEmpty(context, options.name, options);
      }),
    );
}
