// Makes a clone ready to run: dependencies installed, TypeScript built. Uses only Node's own modules, because on a
// fresh clone nothing else is there. Every command of package.json begins with it; with nothing to do it takes
// some 50 ms. (`ignore-scripts` in .npmrc keeps npm from running `prestart` and `pretest`, so they are not used.)
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIsFresh, dropDamagedBuild, fingerprint, rememberBuild, removeOrphans } from './prepare/build.mjs';
import { finishInstall, installIsFresh, isInstalledByHand, rememberInstall } from './prepare/install.mjs';
import { withLock } from './prepare/lock.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

function run(step, command, args) {
  const child = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (child.status !== 0) throw new Error(`${step} failed: ${child.error?.message ?? 'see the lines above'}`);
}

function install() {
  console.log('Installing dependencies …');
  // Asked for by name, whatever this machine's npm leaves out: the tools are dev dependencies, the servers optional.
  run('Installing dependencies (npm ci)', 'npm', ['ci', '--include=dev', '--include=optional', '--loglevel=error']);
}

function prepare() {
  if (!installIsFresh(root)) {
    if (!isInstalledByHand(root)) install();
    finishInstall(root);
    rememberInstall(root);
  }
  if (!buildIsFresh(root)) {
    console.log('Building …');
    const print = fingerprint(root);
    dropDamagedBuild(root);
    run('The build', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
    removeOrphans(root);
    rememberBuild(root, print);
  }
}

try {
  if (!installIsFresh(root) || !buildIsFresh(root)) {
    const cache = path.join(root, '.cache');
    mkdirSync(cache, { recursive: true });
    await withLock(path.join(cache, 'prepare.lock'), prepare);
  }
} catch (error) {
  console.error(`Timbre could not be prepared. ${error.message}`);
  process.exit(1);
}
