// Makes a clone ready: installs dependencies and builds. Uses only Node's own modules, because a fresh clone has nothing
// else. Every command of package.json starts with it. If nothing has changed it takes about 100 ms. (`ignore-scripts` in
// .npmrc disables `prestart` and `pretest`, so they are not used.)
//
//   prepare.mjs           everything that tests and checks need; also checks the types
//   prepare.mjs untyped   the same without the types: `npm test`, and `npm run check`, which checks them itself
//   prepare.mjs running   what running needs
//   prepare.mjs start     the same for `npm start`; checks the settings first
//   prepare.mjs dev       the same for `npm run dev`, with the packages that checking types needs
//   prepare.mjs package   what a package consists of, without ffmpeg
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, buildIsFresh, rememberTypes, typesAreProven, typesChecks, typesPrint } from './prepare/build.mjs';
import { clientTypesAreFresh, writeClientTypes } from './prepare/client-types.mjs';
import { buildConsole, buildConsoleIfPossible, consoleIsFresh } from './prepare/console.mjs';
import { install, installIsFresh } from './prepare/install.mjs';
import { withLock } from './prepare/lock.mjs';
import { progress } from './prepare/progress.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const mode = process.argv[2] ?? 'all';
const needsTests = ['all', 'untyped', 'dev'].includes(mode);

/** Runs a command to its end. */
function run(what, command, args, howFar) {
  const tell = progress(what);
  const timer = setInterval(() => tell(howFar()), 500);
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${what} failed: ${why}`));
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => fail(error.message));
    child.on('close', (code) => (code === 0 ? resolve() : fail('see the lines above')));
  }).finally(() => clearInterval(timer));
}

/** ffmpeg from npm is for machines that have none, and for the tests, which run with both. */
async function neededParts() {
  if (needsTests) return 'all';
  if (mode === 'package') return 'running';
  const { hasAudioTools } = await import('./settings/tool-check.js');
  return (await hasAudioTools(process.env)) ? 'running' : 'running with ffmpeg';
}

/** Stops at a wrong environment, before anything is installed or started. */
async function checkSettings() {
  const { wrongSettings } = await import('./settings/check-settings.js');
  const lines = wrongSettings(process.env);
  if (lines.length === 0) return;
  console.error(`Timbre cannot start:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  process.exit(78); // EX_CONFIG of sysexits.h
}

async function proveTypes() {
  const print = typesPrint(root);
  for (const [name, args] of Object.entries(typesChecks(root))) {
    await run(`Checking the ${name}`, process.execPath, args, () => 'the first time takes up to a minute');
  }
  rememberTypes(root, print);
}

/** `npm run dev` runs no tests, and proves types beside what runs. */
const builtParts = (parts) => (mode === 'dev' ? 'running' : parts);
const provesTypes = mode === 'all';

/** `npm run dev` builds the console again and again, so it leaves out what takes long. */
const isQuick = mode === 'dev';

/** A package without its console would be a broken one. Elsewhere Timbre also runs without. */
const makeConsole = mode === 'package' ? buildConsole : buildConsoleIfPossible;

async function prepare(parts) {
  if (!installIsFresh(root, parts)) await install(root, parts, run);
  if (needsTests && !clientTypesAreFresh(root)) await writeClientTypes(root);
  if (!buildIsFresh(root, builtParts(parts))) await build(root, builtParts(parts));
  if (!consoleIsFresh(root, isQuick)) await makeConsole(root, isQuick);
  if (provesTypes && !typesAreProven(root)) await proveTypes();
}

const isReady = (parts) =>
  installIsFresh(root, parts) &&
  buildIsFresh(root, builtParts(parts)) &&
  consoleIsFresh(root, isQuick) &&
  (!needsTests || clientTypesAreFresh(root)) &&
  (!provesTypes || typesAreProven(root));

try {
  const modes = ['all', 'untyped', 'running', 'start', 'dev', 'package'];
  if (!modes.includes(mode)) throw new Error(`There is no ${mode}: one of ${modes.join(', ')}.`);
  if (mode === 'start' || mode === 'dev') await checkSettings();
  // A complete install includes ffmpeg from npm, so there is no need to search for one.
  const parts = !needsTests && installIsFresh(root, 'running with ffmpeg') ? 'running' : await neededParts();
  if (!isReady(parts)) {
    const cache = path.join(root, '.cache');
    mkdirSync(cache, { recursive: true });
    await withLock(path.join(cache, 'prepare.lock'), () => prepare(parts));
  }
} catch (error) {
  console.error(`Timbre could not be prepared. ${error.message}`);
  process.exit(1);
}
