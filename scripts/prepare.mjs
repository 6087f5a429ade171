// Makes a clone ready: dependencies installed, TypeScript built. Uses only Node's own modules, because on a fresh clone
// nothing else is there. Every command of package.json begins with it; with nothing to do it takes some 100 ms.
// (`ignore-scripts` in .npmrc keeps npm from running `prestart` and `pretest`, so they are not used.)
//
//   prepare.mjs           everything: what the tests and the checks need, and proves the types
//   prepare.mjs running   what running needs
//   prepare.mjs start     the same for `npm start`, after a look at the settings
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, buildIsFresh, rememberTypes, typesAreProven, typesPrint } from './prepare/build.mjs';
import { install, installIsFresh } from './prepare/install.mjs';
import { withLock } from './prepare/lock.mjs';
import { progress } from './prepare/progress.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const mode = process.argv[2] ?? 'all';

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

/** npm's ffmpeg is for machines that have none, and for the tests, which try both. */
async function neededParts() {
  if (mode === 'all') return 'all';
  const { bringsAudioTools } = await import('./settings/libs/audio/src/tool-check.js');
  return (await bringsAudioTools(process.env)) ? 'running' : 'running with ffmpeg';
}

/** A bad environment stops here, before anything is installed or started. */
async function checkSettings() {
  const { wrongSettings } = await import('./settings/apps/standalone/src/check-settings.js');
  const lines = wrongSettings(process.env);
  if (lines.length === 0) return;
  console.error(`Timbre cannot start:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  process.exit(78); // EX_CONFIG of sysexits.h
}

async function proveTypes() {
  const print = typesPrint(root);
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'];
  await run('Checking the types', process.execPath, tsc, () => 'the first time takes up to a minute');
  rememberTypes(root, print);
}

async function prepare(parts) {
  if (!installIsFresh(root, parts)) await install(root, parts, run);
  if (!buildIsFresh(root, parts)) await build(root, parts);
  if (parts === 'all' && !typesAreProven(root)) await proveTypes();
}

const isReady = (parts) =>
  installIsFresh(root, parts) && buildIsFresh(root, parts) && (parts !== 'all' || typesAreProven(root));

try {
  if (!['all', 'running', 'start'].includes(mode)) throw new Error(`There is no ${mode}: all, running or start.`);
  if (mode === 'start') await checkSettings();
  // An install of everything has npm's ffmpeg too: nothing has to be looked for.
  const parts = mode !== 'all' && installIsFresh(root, 'running with ffmpeg') ? 'running' : await neededParts();
  if (!isReady(parts)) {
    const cache = path.join(root, '.cache');
    mkdirSync(cache, { recursive: true });
    await withLock(path.join(cache, 'prepare.lock'), () => prepare(parts));
  }
} catch (error) {
  console.error(`Timbre could not be prepared. ${error.message}`);
  process.exit(1);
}
