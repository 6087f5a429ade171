import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Returns the folder with package.json, which sources and built files have above them at different depths.
 *
 * @throws Error if there is none
 */
export function findProjectRoot(start = path.dirname(fileURLToPath(import.meta.url))): string {
  if (existsSync(path.join(start, 'package.json'))) return start;
  const parent = path.dirname(start);
  if (parent === start) throw new Error('package.json was not found above this file');
  return findProjectRoot(parent);
}
