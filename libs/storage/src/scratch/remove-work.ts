import { rm } from 'node:fs/promises';

const retryMs = 5_000;

/**
 * Removes the scratch folder of one task. Never rejects. If the folder cannot be removed now (no descriptors left, disk
 * trouble), it retries until the folder is gone or the process ends.
 */
export async function removeWork(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    setTimeout(() => void removeWork(folder), retryMs).unref();
  }
}
