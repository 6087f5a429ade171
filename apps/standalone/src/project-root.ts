import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function folderWithPackageJson(start: string): string {
  if (existsSync(path.join(start, 'package.json'))) return start;
  const parent = path.dirname(start);
  if (parent === start) throw new Error('package.json was not found above this file');
  return folderWithPackageJson(parent);
}

/** The folder of the clone; the same from dist/ and from the sources, which tests import. */
export const projectRoot = folderWithPackageJson(path.dirname(fileURLToPath(import.meta.url)));

/** The compiled entry of a process, such as `apps/api/src/main`. */
export function entry(module: string): string {
  return path.join(projectRoot, 'dist', `${module}.js`);
}
