import { spawn } from 'node:child_process';

/** What the process below is to run: a server that is not ours and knows nothing of its parent. */
export interface Attended {
  readonly command: string;
  readonly args: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Runs a foreign server and sees to it that it never outlives the process that wanted it: when that one says so, or
 * is gone (even by SIGKILL, which ends the IPC channel), the server is told to stop.
 */
function attend({ command, args, stopSignal, ...ids }: Attended): void {
  const server = spawn(command, args, { ...ids, cwd: '/', stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = (): boolean => server.kill(stopSignal);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  server.on('error', (error) => {
    process.stderr.write(`${command} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  server.on('exit', (code) => process.exit(code ?? 1));
}

attend(JSON.parse(process.argv[2] ?? '') as Attended);
