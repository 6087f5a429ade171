import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'oxfmt';
import { projectRoot } from '#libs/local-services';

/** Returns the path of a file in docs/. */
export const docsFile = (name: string): string => path.join(projectRoot, 'docs', name);

async function writeFormatted(name: string, text: string): Promise<void> {
  const file = docsFile(name);
  const { code } = await format(file, text, { printWidth: 120 });
  await writeFile(file, code);
}

/** Replaces the text between `<!-- mark -->` and `<!-- /mark -->` of a page. The rest is written by hand. */
export async function writeBetween(name: string, mark: string, text: string): Promise<void> {
  const page = await readFile(docsFile(name), 'utf8');
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [before = '', rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/${name} has no ${begin} … ${end}`);
  await writeFormatted(name, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}

/** Writes a value as JSON in the format that `npm run check` expects. */
export const writeJson = (name: string, value: unknown): Promise<void> => writeFormatted(name, JSON.stringify(value));
