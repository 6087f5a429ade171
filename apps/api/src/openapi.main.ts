import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProjectRoot } from '#libs/config';
import { describeUnopened } from './openapi/describe-api.js';

/**
 * Writes openapi.json, or with `--check` fails if the committed file is outdated.
 *
 * Needs no running service.
 */
async function main(): Promise<void> {
  const file = path.join(findProjectRoot(), 'openapi.json');
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
