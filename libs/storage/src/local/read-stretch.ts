import { closeSync, open, read } from 'node:fs';

/**
 * Fills a buffer from a file. Uses callbacks and a single promise, where a FileHandle needs one promise a step, and
 * closes the descriptor synchronously (docs/performance.md).
 *
 * @returns the number of bytes read; fewer than the buffer holds if the file ends first
 * @throws the system's error
 */
export function readStretch(path: string, start: number, into: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, 'r', (failure, fd) => {
      if (failure) {
        reject(failure);
        return;
      }
      const end = (settle: () => void): void => {
        closeRead(fd);
        settle();
      };
      const goOn = (filled: number): void => {
        read(fd, into, filled, into.length - filled, start + filled, (error, bytes) => {
          if (error) end(() => reject(error));
          else if (bytes === 0 || filled + bytes === into.length) end(() => resolve(filled + bytes));
          else goOn(filled + bytes);
        });
      };
      goOn(0);
    });
  });
}

/** Closes a read-only descriptor synchronously: there is nothing to write back, and a thread pool job costs more. */
export function closeRead(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Nothing was written that could be lost.
  }
}
