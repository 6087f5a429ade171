import path from 'node:path';
import { findProjectRoot } from '#libs/config';

/** The folder of the clone, found from this file in dist/. */
export const projectRoot = findProjectRoot();

/** Returns a file of the build that a process starts with: a program such as `api`, or a module. */
export function entry(module: string): string {
  return path.join(projectRoot, 'dist', `${module}.js`);
}
