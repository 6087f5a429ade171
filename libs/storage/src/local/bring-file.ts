import { constants, copyFile, link, rm } from 'node:fs/promises';
import { errnoOf } from '../storage-failure.js';

/** How a file got to another path. A link is the same file under another name. */
export type Brought = 'linked' | 'copied';

/**
 * Links a file to a path that does not exist yet, or copies it where no link is possible.
 *
 * @throws the system's error, and leaves no file at the path
 */
export async function bringFile(source: string, path: string): Promise<Brought> {
  try {
    await link(source, path);
    return 'linked';
  } catch (error) {
    // Two file systems, or one without hard links (link(2)).
    if (errnoOf(error) !== 'EXDEV' && errnoOf(error) !== 'EPERM') throw error;
  }
  try {
    await copyFile(source, path, constants.COPYFILE_EXCL);
    return 'copied';
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
