import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const sourceFolders = ['apps', 'libs', 'test'];
const settings = ['tsconfig.json', 'package.json', 'package-lock.json'];
const stampOf = (root) => path.join(root, 'dist', '.built');

function filesUnder(folder, suffix) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(suffix))
    .map((file) => path.join(folder, file));
}

const sources = (root) => sourceFolders.flatMap((folder) => filesUnder(path.join(root, folder), '.ts'));
const compiled = (root, source) => path.join(root, 'dist', path.relative(root, source).replace(/\.ts$/, '.js'));

/** Names, sizes and times of everything the build reads: also tells removed files and files put back from a backup. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const file of [...settings.map((name) => path.join(root, name)), ...sources(root)].sort()) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

const isBuiltFrom = (root, print) => fs.existsSync(stampOf(root)) && fs.readFileSync(stampOf(root), 'utf8') === print;
const modules = (root) => sources(root).filter((source) => !source.endsWith('.d.ts'));
const isComplete = (root) => modules(root).every((source) => fs.existsSync(compiled(root, source)));

/** Is dist/ what the sources say? */
export function buildIsFresh(root) {
  return isBuiltFrom(root, fingerprint(root)) && isComplete(root);
}

/** Drops a build that somebody took files out of: an incremental one would not write them again. */
export function dropDamagedBuild(root) {
  if (isBuiltFrom(root, fingerprint(root)) && !isComplete(root)) {
    fs.rmSync(path.join(root, 'dist'), { recursive: true });
  }
}

/** @param print fingerprint from before the build, so that a file changed during it counts as changed */
export function rememberBuild(root, print) {
  fs.writeFileSync(stampOf(root), print);
}

/** Removes compiled files whose source is gone: nothing may go on using them. */
export function removeOrphans(root) {
  const wanted = new Set(modules(root).map((source) => compiled(root, source)));
  for (const file of filesUnder(path.join(root, 'dist'), '.js')) {
    if (wanted.has(file)) continue;
    fs.rmSync(file);
    fs.rmSync(`${file}.map`, { force: true });
  }
}
