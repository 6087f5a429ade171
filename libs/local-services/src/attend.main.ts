import { spawn } from 'node:child_process';

/** The foreign server to run. It has no IPC channel and does not know its parent. */
export interface Attended {
  readonly command: string;
  readonly args: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Runs a foreign server that never outlives the process that started it. The server gets its stop signal when this
 * process gets one, or when the parent is gone. Even SIGKILL of the parent closes the IPC channel.
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
