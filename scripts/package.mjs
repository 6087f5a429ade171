// `npm run package` writes timbre-VERSION.tgz, which runs on a machine with Node, Postgres, Redis and ffmpeg, without npm
// and without a registry. The same clone always gives the same bytes: nothing in it depends on the machine.
// docs/operations.md describes the installation.
//
//   package.mjs                 timbre-VERSION.tgz beside package.json
//   package.mjs --to FILE.tgz   the same elsewhere
//   package.mjs --folder PATH   the files themselves, for the Dockerfile
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contents } from './package/contents.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { version, bin } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

/**
 * Returns the time of the commit, used for all files, because file times depend on the checkout. It must differ between
 * releases: a browser treats a file of the same size and time as unchanged.
 */
function timeOfRelease() {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given) return new Date(Number(given) * 1000);
  try {
    const asked = ['log', '-1', '--format=%ct'];
    return new Date(Number(execFileSync('git', asked, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })) * 1000);
  } catch {
    return fs.statSync(path.join(root, 'package.json')).mtime; // not a clone
  }
}

function copyInto(folder) {
  for (const file of contents(root)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(folder, file));
  }
  return folder;
}

/** Writes a temporary file and renames it, so that a file of the final name is complete. */
async function pack(target) {
  const { TarArchive } = await import('archiver');
  const archive = new TarArchive({ gzip: true });
  const unfinished = `${target}.${process.pid}.tmp`;
  const written = pipeline(archive, fs.createWriteStream(unfinished));
  const date = timeOfRelease();
  for (const file of contents(root)) {
    const bytes = fs.readFileSync(path.join(root, file));
    const mode = file === bin.timbre ? 0o755 : 0o644;
    archive.append(bytes, { name: `timbre-${version}/${file}`, date, mode });
  }
  await Promise.all([archive.finalize(), written]);
  fs.renameSync(unfinished, target);
  return target;
}

const options = { to: { type: 'string' }, folder: { type: 'string' } };
const { values } = parseArgs({ options });
const made =
  values.folder === undefined
    ? await pack(path.resolve(values.to ?? path.join(root, `timbre-${version}.tgz`)))
    : copyInto(path.resolve(values.folder));
console.log(made);
