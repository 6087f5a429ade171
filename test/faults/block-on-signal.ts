import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The file that says for how many milliseconds SIGUSR2 blocks a process. */
export const blockFile = (pid: number): string => path.join(tmpdir(), `timbre-block-${pid}`);

/*
 * Loaded into a worker with `node --import`. SIGUSR2 blocks its event loop, as a catastrophic regular expression would,
 * so that no timer fires.
 */
process.on('SIGUSR2', () => {
  const file = blockFile(process.pid);
  if (!existsSync(file)) return;
  const until = performance.now() + Number(readFileSync(file, 'utf8'));
  rmSync(file);
  while (performance.now() < until);
});
