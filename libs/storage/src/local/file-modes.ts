import type { Stats } from 'node:fs';
import { chmod, stat, type FileHandle } from 'node:fs/promises';

/** Permission bits of stored files and folders (chmod(2)). */
export interface FileModes {
  readonly file: number;
  readonly folder: number;
}

/** Recordings are personal data: only the user that Timbre runs as may read them. */
export const ownerOnly: FileModes = { file: 0o600, folder: 0o700 };

/** The group may read them too, for an nginx that sends the files. */
export const groupReadable: FileModes = { file: 0o640, folder: 0o750 };

const permissions = 0o777;

/** Sets the mode of an open file, which the umask or an older release may have made different. @returns its old stats */
export async function allowed(handle: FileHandle, mode: number): Promise<Stats> {
  const found = await handle.stat();
  if ((found.mode & permissions) !== mode) await handle.chmod(mode);
  return found;
}

/** Sets the mode of a folder. */
export async function allowFolder(folder: string, mode: number): Promise<void> {
  if (((await stat(folder)).mode & permissions) !== mode) await chmod(folder, mode);
}
