import { closeSync, open, read } from 'node:fs';

/**
 * Fills a buffer from a file, in callbacks: with one promise in all, where a FileHandle has one for every step. What was
 * only read is closed on the spot: a system has nothing to write then, and to wake a thread for it costs more
 * (docs/performance.md).
 *
 * @returns how many bytes there were: fewer than the buffer holds when the file ends before
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

/** Closes what was only read, on the spot. */
export function closeRead(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Nothing was written that could be lost.
  }
}
