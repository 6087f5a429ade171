import fs from 'node:fs';
import path from 'node:path';
import { bundle, bundlesAreFresh } from './bundle.mjs';
import { hasConsole } from './console.mjs';
import { progress } from './progress.mjs';
import { filesOf, fingerprint, isForTests, stamp } from './sources.mjs';

const settings = [
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'scripts/prepare/transpile.mjs',
  'scripts/prepare/bundle.mjs',
];
const recordOf = (root) => path.join(root, 'dist', '.built');
const provenOf = (root) => path.join(root, 'dist', '.types-proven');

/** Returns the path of a source's compiled file. */
export const compiled = (root, source) => path.join(root, 'dist', source.replace(/\.ts$/, '.js'));

/** The texts of the console are a JSON module, which is copied. */
const isSource = (file) => file.endsWith('.ts') || /^apps\/console\/src\/.*\.json$/.test(file);

/** Returns the sources, relative to the clone. What only tests need is included if the parts are `all`. */
export function sources(root, parts) {
  const all = ['apps', 'libs', 'test'].flatMap((folder) => filesOf(root, folder)).filter(isSource);
  return parts === 'all' ? all : all.filter((file) => !isForTests(file));
}

const modules = (root, parts) => sources(root, parts).filter((file) => !file.endsWith('.d.ts'));

/** Reads what dist/ was built from: the settings and a stamp for each source. Without a record, nothing is fresh. */
function readRecord(root) {
  try {
    const record = JSON.parse(fs.readFileSync(recordOf(root), 'utf8'));
    if (record.settings === fingerprint(root, settings)) return record;
  } catch {
    // There is no build, or another version of this file made it.
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

/** Returns whether dist/ matches the sources. */
export function buildIsFresh(root, parts) {
  const { record, stale, gone } = compare(root, parts);
  return stale.length === 0 && gone.length === 0 && bundlesAreFresh(root, record);
}

/**
 * Compiles the sources that changed, removes the output of deleted ones and bundles the programs. Types are not checked:
 * running needs no type packages. Each record is written last, so that a killed build is repeated.
 */
export async function build(root, parts) {
  const { built } = await compileChanges(root, parts);
  if (!bundlesAreFresh(root, built)) await bundle(root, built);
}

/**
 * Does the first half of {@link build}, the modules, and leaves the programs as they are.
 *
 * @returns what dist/ is built from now, and the sources that changed or are gone
 */
export async function compileChanges(root, parts) {
  const { record, stale, gone } = compare(root, parts);
  const files = { ...record.files };
  if (stale.length > 0) await compile(root, stale, files);
  for (const file of gone) {
    delete files[file];
    for (const ending of ['', '.map']) fs.rmSync(`${compiled(root, file)}${ending}`, { force: true });
  }
  const built = { ...record, files };
  fs.mkdirSync(path.join(root, 'dist'), { recursive: true });
  fs.writeFileSync(recordOf(root), JSON.stringify(built));
  return { built, changed: [...stale, ...gone] };
}

/** @param files receives the stamps of the compiled sources */
async function compile(root, stale, files) {
  const { transpile } = await import('./transpile.mjs');
  const tell = progress(`Building ${stale.length} files`);
  for (const file of stale) files[file] = stamp(root, file);
  const isScript = (file) => file.endsWith('.ts');
  const scripts = stale.filter(isScript);
  for (const file of stale.filter((each) => !isScript(each))) copy(path.join(root, file), compiled(root, file));
  let done = 0;
  await transpile(root, scripts, () => tell(`${++done} of ${scripts.length} files`));
}

function copy(from, to) {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
}

/** TypeScript 7, the compiler in native code. transpile.mjs needs the programming interface, which only 6 has. */
const tsc = 'node_modules/typescript-7/bin/tsc';

/** Node's arguments for each check of types. The console has a check of its own, because it runs in browsers. */
export const typesChecks = (root) => ({
  types: [tsc, '-p', 'tsconfig.json', '--noEmit'],
  ...(hasConsole(root) && { 'types of the console': [tsc, '-p', 'apps/console'] }),
});

/** Identifies the sources that the types were last checked for. */
export const typesPrint = (root) =>
  fingerprint(root, [...settings, ...sources(root, 'all'), ...filesOf(root, 'apps/console')]);
export const typesAreProven = (root) =>
  fs.existsSync(provenOf(root)) && fs.readFileSync(provenOf(root), 'utf8') === typesPrint(root);

/** @param print taken before the check, so that a file edited meanwhile counts as changed */
export const rememberTypes = (root, print) => fs.writeFileSync(provenOf(root), print);
