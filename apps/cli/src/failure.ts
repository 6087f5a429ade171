import { CommanderError } from 'commander';
import { ApiFailure } from '#libs/client';

/** The exit codes of `timbre` (docs/cli.md). */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  unreachable: 3,
  notSignedIn: 4,
  processingFailed: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command with a sentence for people. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';

  constructor(
    sentence: string,
    readonly exitCode: ExitCode = exitCodes.failed,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

export const wrongUsage = (sentence: string): CliFailure => new CliFailure(sentence, exitCodes.wrongUsage);

/** Ctrl-C, or the end of a process that reads the output. */
export const isInterruption = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliFailure) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
  if (error instanceof ApiFailure) {
    if (error.status === 0) return exitCodes.unreachable;
    return error.status === 401 ? exitCodes.notSignedIn : exitCodes.failed;
  }
  return isInterruption(error) ? exitCodes.interrupted : exitCodes.failed;
}

/** Returns what went wrong, line by line: the API's sentence, then those for single fields. */
export function sentencesOf(error: unknown): readonly string[] {
  if (error instanceof ApiFailure) {
    const cause = error.status === 0 ? causeOf(error) : undefined;
    const fields = Object.entries(error.fields).filter(([, message]) => message !== error.message);
    const lines = fields.map(([field, message]) => (message.startsWith(field) ? message : `${field}: ${message}`));
    return [cause === undefined ? error.message : `${error.message}: ${cause}`, ...lines.map((line) => `  ${line}`)];
  }
  return [error instanceof Error ? error.message : String(error)];
}

/** Returns the innermost cause that says something: fetch says only `fetch failed`. */
function causeOf(error: Error): string | undefined {
  const causes = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    const errors = cause instanceof AggregateError ? (cause.errors as unknown[]) : [];
    causes.push(...[cause, ...errors].filter((each) => each instanceof Error && each.message !== ''));
  }
  return (causes.at(-1) as Error | undefined)?.message;
}
