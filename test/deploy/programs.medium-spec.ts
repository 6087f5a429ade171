import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { migrate } from '#libs/database';
import { projectRoot } from '#libs/local-services';
import { freshDatabase } from '../support/database.js';

/** Loaded before the program. Prints the stack trace when the program exits, which it does without configuration. */
const printStack = `
  const exit = process.exit;
  process.exit = (code) => {
    console.error(new Error('exit').stack);
    exit(code);
  };`;

describe('the programs in dist, one file each', () => {
  it.each([
    ['api', /\blibs\/config\/src\/[\w-]+\.ts:\d+:\d+/],
    ['worker', /\blibs\/config\/src\/[\w-]+\.ts:\d+:\d+/],
    ['migrate', /\blibs\/config\/src\/[\w-]+\.ts:\d+:\d+/],
    ['emulator', /\bapps\/runpod-emulator\/src\/main\.ts:\d+:\d+/],
  ])('a stack trace of %s names the TypeScript file and line', (program, place) => {
    const preload = ['--import', `data:text/javascript,${encodeURIComponent(printStack)}`];
    const ended = spawnSync(process.execPath, [...preload, path.join(projectRoot, 'dist', `${program}.js`)], {
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect(ended.stderr).toMatch(place);
  });

  it('migrate records migrations under the names that other builds look for', async () => {
    const empty = await freshDatabase({ migrated: false });
    const ended = spawnSync(process.execPath, [path.join(projectRoot, 'dist/migrate.js')], {
      env: { PATH: process.env['PATH'], DATABASE_URL: empty.url },
      encoding: 'utf8',
    });
    const doneByModules = await migrate(empty.url);
    await empty.drop();
    expect(ended.stdout).toContain('Migrated: FirstSchema1763800000000, AuditLog1764000000000');
    expect(doneByModules).toEqual([]);
  });

  it('keep the name of a class that esbuild renames', () => {
    const bundle = readFileSync(path.join(projectRoot, 'dist/bundle/api.js'), 'utf8');
    expect(bundle).toMatch(/AppError = class _AppError [^{]*\{\s+static \{\s+[^;]*"name", \{ value: "AppError"/);
  });
});
