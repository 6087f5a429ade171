import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { progress } from './progress.mjs';

const settings = ['tsconfig.json', 'package.json', 'package-lock.json', 'scripts/prepare/transpile.mjs'];
const recordOf = (root) => path.join(root, 'dist', '.built');
const provenOf = (root) => path.join(root, 'dist', '.types-proven');
const compiled = (root, source) => path.join(root, 'dist', source.replace(/\.ts$/, '.js'));

function filesUnder(root, folder) {
  if (!fs.existsSync(path.join(root, folder))) return [];
  const files = fs.readdirSync(path.join(root, folder), { recursive: true });
  return files.filter((file) => file.endsWith('.ts')).map((file) => path.join(folder, file));
}

/** Sources relative to the clone; those of tests, and of what only they use, when the parts are `all`. */
function sources(root, parts) {
  const all = ['apps', 'libs', 'test'].flatMap((folder) => filesUnder(root, folder));
  return parts === 'all' ? all : all.filter((file) => !/(^|\/)test\/|spec\.ts$/.test(file));
}

const modules = (root, parts) => sources(root, parts).filter((file) => !file.endsWith('.d.ts'));

/** Size and time: also tells a file put back from a backup. */
function stamp(root, file) {
  const { size, mtimeMs } = fs.statSync(path.join(root, file));
  return `${size} ${mtimeMs}`;
}

function fingerprint(root, files) {
  const hash = createHash('sha256');
  const present = files.filter((file) => fs.existsSync(path.join(root, file)));
  for (const file of present.sort()) hash.update(`${file} ${stamp(root, file)}\n`);
  return hash.digest('hex');
}

/** What dist/ was built from: the settings, and the stamp of each source. Nothing known means that nothing is fresh. */
function readRecord(root) {
  try {
    const record = JSON.parse(fs.readFileSync(recordOf(root), 'utf8'));
    if (record.settings === fingerprint(root, settings)) return record;
  } catch {
    // no build, or one of another version of this file
  }
  return { settings: fingerprint(root, settings), files: {} };
}

function compare(root, parts) {
  const record = readRecord(root);
  const isStale = (file) => record.files[file] !== stamp(root, file) || !fs.existsSync(compiled(root, file));
  const present = new Set(modules(root, 'all'));
  const gone = Object.keys(record.files).filter((file) => !present.has(file));
  return { record, stale: modules(root, parts).filter(isStale), gone };
}

/** Is dist/ what the sources say? */
export function buildIsFresh(root, parts) {
  const { stale, gone } = compare(root, parts);
  return stale.length === 0 && gone.length === 0;
}

/**
 * Compiles the sources that changed and removes what came of those that are gone. Types are not looked at: running
 * needs no package of types. The record is written last, so that a killed build is done again.
 */
export async function build(root, parts) {
  const { record, stale, gone } = compare(root, parts);
  const { transpiler } = await import('./transpile.mjs');
  const transpile = await transpiler(root);
  const tell = progress(`Building ${stale.length} files`);
  const files = { ...record.files };
  for (const [index, file] of stale.entries()) {
    files[file] = stamp(root, file);
    transpile(file, compiled(root, file));
    tell(`${index + 1} of ${stale.length} files`);
  }
  for (const file of gone) {
    delete files[file];
    for (const ending of ['', '.map']) fs.rmSync(`${compiled(root, file)}${ending}`, { force: true });
  }
  fs.mkdirSync(path.join(root, 'dist'), { recursive: true });
  fs.writeFileSync(recordOf(root), JSON.stringify({ ...record, files }));
}

/** What the types were last proved for. */
export const typesPrint = (root) => fingerprint(root, [...settings, ...sources(root, 'all')]);
export const typesAreProven = (root) =>
  fs.existsSync(provenOf(root)) && fs.readFileSync(provenOf(root), 'utf8') === typesPrint(root);

/** @param print from before the proof, so that a file changed during it counts as changed */
export const rememberTypes = (root, print) => fs.writeFileSync(provenOf(root), print);
