import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

/** A process that writes numbered lines when it is told to, and ends at once. */
async function writer(lines: number): Promise<ChildProcess & { readonly stdout: NonNullable<ChildProcess['stdout']> }> {
  const program = `
    import { createLogger } from '#libs/logging';
    const logger = createLogger({ app: 'test', level: 'info', format: 'json' });
    process.once('message', () => {
      for (let n = 0; n < ${lines}; n += 1) logger.info({ n }, 'a line');
      process.exit(7);
    });
    process.send('ready');`;
  const started = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child = started;
  await once(started, 'message');
  return started as Awaited<ReturnType<typeof writer>>;
}

describe('BatchedOutput in a process that exits', () => {
  it('writes all lines in order', async () => {
    const writing = await writer(5_000);
    const read = text(writing.stdout);
    writing.send('write');
    const numbers = (await read)
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { n: number }).n);
    expect(numbers).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  it.each([1, 5_000])('lets the process exit after %s lines when the reader is gone', async (lines) => {
    const writing = await writer(lines);
    writing.stdout.destroy();
    writing.send('write');
    expect(await once(writing, 'exit')).toEqual([7, null]);
  });

  it('lets the process exit when the reader hangs', async () => {
    const writing = await writer(50_000);
    writing.stdout.pause();
    writing.send('write');
    expect(await once(writing, 'exit')).toEqual([7, null]);
    writing.stdout.destroy();
  });
});
