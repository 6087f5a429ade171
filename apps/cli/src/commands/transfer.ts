import path from 'node:path';
import { Option, type Command } from 'commander';
import { unwrap, type Schema } from '#libs/client';
import { bytesText } from '../screen/amounts.js';
import type { Context } from '../timbre/context.js';
import { fileNameOf } from '../timbre/file-name.js';
import { multipartBody } from '../timbre/multipart.js';
import type { Act } from './action.js';
import { showStarted } from './processing.js';

interface ExportOptions {
  readonly to?: string;
  readonly overwrite?: boolean;
}

interface ImportOptions {
  readonly name?: string;
  readonly onConflict?: Schema<'ImportConflict'>;
  readonly watch?: boolean;
}

const conflicts = ['fail', 'rename'] as const satisfies readonly Schema<'ImportConflict'>[];

async function exportVoice(context: Context, voice: string, options: ExportOptions): Promise<void> {
  const session = await context.partnerSession();
  const file = path.resolve(options.to ?? fileNameOf(`${voice}.zip`));
  const route = `/api/voices/${encodeURIComponent(session.partner)}/${encodeURIComponent(voice)}/export`;
  const what = `Exporting ${voice}`;
  const bytes = await context.download(session, route, file, { overwrite: options.overwrite ?? false, what });
  context.screen.result({ path: file, bytes }, () => [file]);
  context.screen.note(
    `${bytesText(bytes)}. This is somebody's voice: protect the file as you protect Timbre's storage`,
  );
}

async function importVoice(context: Context, file: string, options: ImportOptions): Promise<void> {
  const body = await multipartBody({ file, fields: { name: options.name, on_conflict: options.onConflict } });
  const session = await context.partnerSession();
  const route = `/api/voices/${encodeURIComponent(session.partner)}/import`;
  const what = `Uploading ${path.basename(file)}`;
  const made = await context.upload<Schema<'VoiceDetails'>>(session, route, body, what);
  await showStarted(context, session, made, { watch: options.watch, kinds: ['splitting'] });
}

interface PullOptions extends ExportOptions {
  readonly sample?: number;
  readonly ttsType?: string;
}

/** Returns how to speak with an embedding, as docs/recipes.md says. */
function useOf(file: string, engine: Schema<'EmbeddingEngine'> | null | undefined): readonly string[] {
  if (engine?.name !== 'pocket-tts') {
    const who = engine ? `${engine.name} ${engine.version}` : 'An engine that is not on record';
    return [`${who} made this embedding. pocket-tts cannot load it: only what pocket-tts made itself`];
  }
  const quoted = `'${file.replaceAll("'", `'\\''`)}'`;
  const language = engine.model === null ? '' : ` --language ${engine.model}`;
  return [
    'To speak with it:',
    `  uvx pocket-tts==${engine.version} generate${language} --voice ${quoted} --text 'Hello.' --output-path hello.wav`,
  ];
}

async function pull(context: Context, voice: string, options: PullOptions): Promise<void> {
  const { screen, signal } = context;
  const session = await context.partnerSession();
  const where = { partner: session.partner, voice };
  const details = await unwrap(
    session.timbre.GET('/api/voices/{partner}/{voice}', { params: { path: where }, signal }),
  );
  const type = options.ttsType ?? details.embedding_type;
  const query = new URLSearchParams({ tts_type: type });
  if (options.sample !== undefined) query.set('sample_index', String(options.sample));
  const route = `/api/voices/${encodeURIComponent(session.partner)}/${details.id}/embedding?${query.toString()}`;
  const file = path.resolve(options.to ?? fileNameOf(`${details.name}.safetensors`));
  const what = `Downloading the embedding of ${details.name}`;
  const bytes = await context.download(session, route, file, { overwrite: options.overwrite ?? false, what });
  const engine = type === details.embedding_type ? details.embedding_info?.engine : undefined;
  screen.result({ path: file, bytes, tts_type: type, engine: engine ?? null }, () => [file]);
  for (const line of useOf(file, engine)) screen.note(line);
}

export function addTransfer(program: Command, act: Act): void {
  program
    .command('pull')
    .argument('<voice>', 'name or id')
    .description('Download the embedding of the preferred sample, as pocket-tts loads it')
    .option('--to <file>', 'where to write it; default: <name>.safetensors')
    .option('--sample <index>', 'the embedding of this sample', Number)
    .option('--tts-type <type>', 'kind of embedding; default: that of the voice')
    .option('--overwrite', 'replace a file that is there')
    .action(act((context, voice: string, options: PullOptions) => pull(context, voice, options)));
  program
    .command('export')
    .argument('<voice>', 'name or id')
    .description('Download a voice with all that belongs to it, as an archive')
    .option('--to <file>', 'where to write it; default: <voice>.zip')
    .option('--overwrite', 'replace a file that is there')
    .action(act((context, voice: string, options: ExportOptions) => exportVoice(context, voice, options)));
  program
    .command('import')
    .argument('<file>', 'archive of an export')
    .description('Make a voice of an archive')
    .option('--name <name>', 'name of the voice; default: that in the archive')
    .addOption(new Option('--on-conflict <what>', 'if the name is taken; default: fail').choices(conflicts))
    .option('--watch', 'show the steps, and return when the voice is there')
    .action(act((context, file: string, options: ImportOptions) => importVoice(context, file, options)));
}
