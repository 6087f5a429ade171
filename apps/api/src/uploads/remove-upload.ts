import { rm } from 'node:fs/promises';
import path from 'node:path';

/** Removes the folder an upload was received into. Never rejects: what stays goes with the process. */
export async function removeUpload(file: { readonly path: string }): Promise<void> {
  await rm(path.dirname(file.path), { recursive: true, force: true }).catch(() => undefined);
}
