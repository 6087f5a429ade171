import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './docs/describe-api.js';
import { describeUnopened } from './docs/describe-unopened.js';

/** Writes openapi.json; with `--check` only says whether the committed one is fresh. */
async function main(): Promise<void> {
  const file = path.join(projectRoot(), 'openapi.json');
  const fresh = `${JSON.stringify(await describeUnopened(), null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    await writeFile(file, fresh);
    return;
  }
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed !== fresh) throw new Error('openapi.json is not fresh: run npm run openapi');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
