import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where a process is told for how many milliseconds SIGUSR2 blocks it. */
export const blockFile = (pid: number): string => path.join(tmpdir(), `timbre-block-${pid}`);

/*
 * Loaded into a worker with `node --import`: on SIGUSR2 its event loop is busy, as with a regular expression gone wild,
 * and no timer fires.
 */
process.on('SIGUSR2', () => {
  const file = blockFile(process.pid);
  if (!existsSync(file)) return;
  const until = performance.now() + Number(readFileSync(file, 'utf8'));
  rmSync(file);
  while (performance.now() < until);
});
