import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { unwrap, type Schema } from '#libs/client';
import { CliFailure, wrongUsage } from '../failure.js';
import { confirm } from '../screen/ask.js';
import type { Context } from '../timbre/context.js';
import { fileNameOf } from '../timbre/file-name.js';
import { multipartBody } from '../timbre/multipart.js';
import { sampleColumns, scoredSamples } from '../views/voice-view.js';
import type { Act } from './action.js';
import { wholeNumber } from './arguments.js';

async function detailsOf(context: Context, voice: string): Promise<Schema<'VoiceDetails'>> {
  const { partner, timbre } = await context.partnerSession();
  const { signal } = context;
  return unwrap(timbre.GET('/api/voices/{partner}/{voice}', { params: { path: { partner, voice } }, signal }));
}

async function list(context: Context, voice: string): Promise<void> {
  const details = await detailsOf(context, voice);
  context.screen.result(details.samples, () => context.screen.table(sampleColumns, scoredSamples(details)));
}

async function add(context: Context, voice: string, files: readonly string[]): Promise<void> {
  const session = await context.partnerSession();
  const route = `/api/voices/${encodeURIComponent(session.partner)}/${encodeURIComponent(voice)}/samples`;
  const added: Schema<'Sample'>[] = [];
  for (const file of files) {
    const body = await multipartBody({ file, fields: {} });
    const sample = await context.upload<Schema<'Sample'>>(session, route, body, `Uploading ${path.basename(file)}`);
    added.push(sample);
    context.screen.print(`${file} is sample ${sample.index}`);
  }
  if (context.screen.json) context.screen.document(added);
}

interface DownloadOptions {
  readonly all?: boolean;
  readonly to: string;
  readonly overwrite?: boolean;
}

async function download(
  context: Context,
  voice: string,
  given: readonly string[],
  { all = false, to, overwrite = false }: DownloadOptions,
): Promise<void> {
  if (all === given.length > 0) throw wrongUsage('Give the indexes of samples, or --all');
  const details = await detailsOf(context, voice);
  const indexes = all ? details.samples.map(({ index }) => index) : given.map(wholeNumber);
  const session = await context.partnerSession();
  await mkdir(to, { recursive: true });
  const saved: { index: number; path: string }[] = [];
  for (const index of indexes) {
    const file = path.resolve(to, fileNameOf(`${details.name}-${index}.opus`));
    const route = `/api/voices/${encodeURIComponent(session.partner)}/${details.id}/samples/${index}`;
    await context.download(session, route, file, { overwrite, what: `Downloading sample ${index}` });
    saved.push({ index, path: file });
    context.screen.print(file);
  }
  if (context.screen.json) context.screen.document(saved);
}

async function prefer(context: Context, voice: string, index: string): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const body = { sample_index: index === 'none' ? null : wholeNumber(index) };
  const path = { partner, voice };
  const changed = await unwrap(
    timbre.PUT('/api/voices/{partner}/{voice}/preferred-sample', { params: { path }, body }),
  );
  const chosen = changed.preferred_sample_index;
  context.screen.result(changed, ({ name }) => [
    chosen === null ? `${name} has no preferred sample` : `Sample ${chosen} of ${name} is preferred`,
  ]);
}

async function remove(context: Context, voice: string, index: number, { yes }: { yes?: boolean }): Promise<void> {
  const question = `Delete sample ${index} of ${voice}? This cannot be undone.`;
  if (!yes && !(await confirm(question))) throw new CliFailure('Nothing was deleted');
  const { partner, timbre } = await context.partnerSession();
  const path = { partner, voice, index };
  await unwrap(timbre.DELETE('/api/voices/{partner}/{voice}/samples/{index}', { params: { path } }));
  context.screen.print(`Sample ${index} of ${voice} is deleted`);
}

export function addSamples(program: Command, act: Act): void {
  const samples = program.command('samples').description('List, download and choose the samples of a voice');
  samples
    .command('list')
    .argument('<voice>', 'name or id')
    .description('List the samples of a voice, with grades and scores')
    .action(act((context, voice: string) => list(context, voice)));
  samples
    .command('add')
    .argument('<voice>', 'name or id')
    .argument('<file...>', 'recordings, each of which becomes a sample')
    .description('Upload samples')
    .action(act((context, voice: string, files: string[]) => add(context, voice, files)));
  samples
    .command('download')
    .argument('<voice>', 'name or id')
    .argument('[index...]', 'which samples')
    .description('Download samples as opus files')
    .option('--all', 'all samples')
    .option('--to <folder>', 'where to write them', '.')
    .option('--overwrite', 'replace files that are there')
    .action(
      act((context, voice: string, indexes: string[], options: DownloadOptions) =>
        download(context, voice, indexes, options),
      ),
    );
  samples
    .command('prefer')
    .argument('<voice>', 'name or id')
    .argument('<index>', 'which sample; "none" clears the choice')
    .description('Choose the preferred sample')
    .action(act((context, voice: string, index: string) => prefer(context, voice, index)));
  samples
    .command('delete')
    .argument('<voice>', 'name or id')
    .argument('<index>', 'which sample', wholeNumber)
    .description('Delete a sample')
    .option('--yes', 'do not ask')
    .action(
      act((context, voice: string, index: number, options: { yes?: boolean }) =>
        remove(context, voice, index, options),
      ),
    );
}
