import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Returns all files under a folder, relative to the root. None if there is no such folder. */
export function filesOf(root, folder) {
  if (!fs.existsSync(path.join(root, folder))) return [];
  const entries = fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/** Returns what changes when a file does. Size and time together also detect a file restored from a backup. */
export function stamp(root, file) {
  const { size, mtimeMs } = fs.statSync(path.join(root, file));
  return `${size} ${mtimeMs}`;
}

/** Identifies the content of files, which may be missing. */
export function fingerprint(root, files) {
  const hash = createHash('sha256');
  const present = files.filter((file) => fs.existsSync(path.join(root, file)));
  for (const file of present.sort()) hash.update(`${file} ${stamp(root, file)}\n`);
  return hash.digest('hex');
}

/** Only tests need these: specs, their helpers, and the modules of the console, which Vite bundles from their sources. */
export const isForTests = (file) => /(^|\/)test\/|spec\.ts$|^apps\/console\//.test(file);
