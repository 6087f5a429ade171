import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '#libs/local-services';

/** The migration of a fictitious next release, with names that no release has. It only expands the schema, as docs/operations.md requires of every release. */
const migration = `export class NextRelease9000000000000 {
    async up(runner) {
        await runner.query("ALTER TABLE voices ADD COLUMN next_release_kind text NOT NULL DEFAULT 'plain'");
        await runner.query('ALTER TABLE jobs ADD COLUMN next_release_rank integer');
        await runner.query('CREATE TABLE next_release_labels (voice_id uuid NOT NULL REFERENCES voices ON DELETE CASCADE, label text NOT NULL)');
        await runner.query('CREATE INDEX next_release_kind_idx ON voices (next_release_kind)');
    }
    async down() {}
}
`;

/** The changes that add this migration to a copy of this build. Its processes then require it. */
const changes = [
  [
    "import { DataSource } from 'typeorm';",
    "$&\nimport { NextRelease9000000000000 } from './migrations/next-release.js';",
  ],
  ['migrations: [', '$&NextRelease9000000000000, '],
] as const;

/**
 * Makes the build of the next release, which is this build with one more migration.
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
