import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../../apps/standalone/src/project-root.js';

/** The migration of the made-up next release: it expands only, as docs/operations.md asks of every release. */
const migration = `export class NextRelease9000000000000 {
    async up(runner) {
        await runner.query("ALTER TABLE voices ADD COLUMN language text NOT NULL DEFAULT 'en'");
        await runner.query('ALTER TABLE jobs ADD COLUMN priority integer');
        await runner.query('CREATE TABLE voice_labels (voice_id uuid NOT NULL REFERENCES voices ON DELETE CASCADE, label text NOT NULL)');
        await runner.query('CREATE INDEX voices_language ON voices (language)');
    }
    async down() {}
}
`;

/** What this build is made into the next release by: one more migration, which its processes then ask for. */
const changes = [
  [
    "import { DataSource } from 'typeorm';",
    "$&\nimport { NextRelease9000000000000 } from './migrations/next-release.js';",
  ],
  ['migrations: [', '$&NextRelease9000000000000, '],
] as const;

/**
 * Makes the next release's build from this one: the same code, one migration further.
 *
 * @returns its folder
 */
export async function makeNextRelease(folder: string): Promise<string> {
  const release = path.join(folder, 'next-release');
  const database = path.join(release, 'dist/libs/database/src');
  await mkdir(path.join(release, 'dist'), { recursive: true });
  for (const part of ['package.json', 'dist/apps', 'dist/libs']) {
    await cp(path.join(projectRoot, part), path.join(release, part), { recursive: true });
  }
  await symlink(path.join(projectRoot, 'node_modules'), path.join(release, 'node_modules'));
  await writeFile(path.join(database, 'migrations/next-release.js'), migration);
  const dataSource = path.join(database, 'data-source.js');
  let code = await readFile(dataSource, 'utf8');
  for (const [found, put] of changes) {
    if (code.split(found).length !== 2) throw new Error(`${dataSource} does not hold ${found} once`);
    code = code.replace(found, put);
  }
  await writeFile(dataSource, code);
  return release;
}
