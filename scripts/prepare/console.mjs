import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { licencesOf } from './console-licences.mjs';
import { progress } from './progress.mjs';
import { filesOf, fingerprint } from './sources.mjs';

const source = 'apps/console';
const configFile = `${source}/vite.config.ts`;
const settings = [
  'package.json',
  'package-lock.json',
  'scripts/prepare/console.mjs',
  'scripts/prepare/console-licences.mjs',
];
const folderOf = (root) => path.join(root, 'dist/console');
const recordOf = (root) => path.join(root, 'dist/.console');

/** Says that this machine cannot build the console. Timbre runs without it. */
export class NoBundler extends Error {}

function printOf(root) {
  const sources = [source, 'libs/client/src'].flatMap((folder) => filesOf(root, folder));
  return fingerprint(root, [...settings, ...sources.filter((file) => !/(spec|\.d)\.ts$/.test(file))]);
}

function readRecord(root) {
  try {
    return JSON.parse(fs.readFileSync(recordOf(root), 'utf8'));
  } catch {
    return {}; // not built yet
  }
}

export const hasConsole = (root) => fs.existsSync(path.join(root, configFile));

/**
 * Returns whether dist/console matches the sources, or there is no console to build.
 *
 * @param isQuick files without compressed copies will do
 */
export function consoleIsFresh(root, isQuick = false) {
  if (!hasConsole(root)) return true;
  const { print, isCompressed } = readRecord(root);
  if (!fs.existsSync(path.join(folderOf(root), 'index.html'))) return false;
  return print === printOf(root) && (isCompressed || isQuick);
}

/**
 * Builds the console into dist/console: with the licences of the packages in it and, unless it should be quick, with
 * compressed copies of its files. The folder is replaced at the end, so that a running API always finds a whole build.
 *
 * @throws NoBundler if Vite does not run on this machine
 */
export async function buildConsole(root, isQuick = false) {
  const print = printOf(root);
  const made = `${folderOf(root)}.new`;
  const output = await bundled(root, made);
  fs.writeFileSync(path.join(made, 'licences.txt'), licencesOf(root, output));
  if (!isQuick) await Promise.all(filesOf(made, '.').map((file) => compress(path.join(made, file))));
  replace(folderOf(root), made);
  fs.writeFileSync(recordOf(root), JSON.stringify({ print, isCompressed: !isQuick }));
}

/** Builds the console, or says that this machine cannot. */
export async function buildConsoleIfPossible(root, isQuick) {
  progress('Building the console');
  try {
    await buildConsole(root, isQuick);
  } catch (error) {
    if (!(error instanceof NoBundler)) throw error;
    console.log(`  not possible on this machine, Timbre runs without its console: ${error.message}`);
  }
}

async function bundled(root, outDir) {
  const { build } = await import('vite').catch((error) => {
    throw new NoBundler(error.message.split('\n')[0], { cause: error });
  });
  // Packages decide by this variable whether they check their callers.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    const { output } = await build({
      configFile: path.join(root, configFile),
      build: { outDir, emptyOutDir: true },
      logLevel: 'error',
    });
    return output;
  } catch (error) {
    throw new Error(`The console could not be built:\n${error.message}`, { cause: error });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** Writes a compressed copy beside a file, if that is smaller. The page itself is different in each answer. */
async function compress(file) {
  if (path.basename(file) === 'index.html') return;
  const bytes = fs.readFileSync(file);
  const copies = { br: await brotli(bytes), gz: await gzip(bytes, { level: 9 }) };
  for (const [ending, copy] of Object.entries(copies)) {
    if (copy.length < bytes.length) fs.writeFileSync(`${file}.${ending}`, copy);
  }
}

function replace(folder, made) {
  const old = `${folder}.old`;
  fs.rmSync(old, { recursive: true, force: true });
  if (fs.existsSync(folder)) fs.renameSync(folder, old);
  fs.renameSync(made, folder);
  fs.rmSync(old, { recursive: true, force: true });
}

/** Returns the files that the console consists of, relative to the clone. */
export const consoleFiles = (root) => filesOf(root, 'dist/console');
