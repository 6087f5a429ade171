import { CommanderError } from 'commander';
import { actions } from './commands/action.js';
import { readEnvironment } from './environment.js';
import { exitCodeOf, exitCodes, isInterruption, sentencesOf } from './failure.js';
import { makeProgram } from './program.js';
import { Screen } from './screen/screen.js';

declare const timbreVersion: string | undefined;

/** Aborts with the first Ctrl-C, which lets commands tidy up. The second one ends the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      controller.abort();
    });
  }
  return controller.signal;
}

/** Ends quietly if what reads the output ends first, as `head` does. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCodes.done);
      throw error;
    });
  }
}

async function main(): Promise<void> {
  endWithReader();
  const environment = readEnvironment();
  const signal = interruption();
  const program = makeProgram(
    actions(environment, signal),
    typeof timbreVersion === 'string' ? timbreVersion : '0.0.0',
  );
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(error);
    if (error instanceof CommanderError || isInterruption(error) || signal.aborted) return;
    const { stdout, stderr } = process;
    const screen = new Screen({ stdout, stderr, json: false, ...environment });
    screen.fail(...sentencesOf(error).flatMap((sentence) => sentence.split('\n')));
  }
}

await main();
