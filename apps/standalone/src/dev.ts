import { pathToFileURL } from 'node:url';
import { entry, migrateProcess, type ProcessOptions } from '#libs/local-services';
import type { Run } from './run.js';

interface Program {
  /** The compiled module, which follows a change at once; the one file of a program has to be made again. */
  readonly module: string;
  /** Where a debugger attaches; .vscode/launch.json and CONTRIBUTING.md name these too. */
  readonly inspectPort?: number;
  /** Restarted so often that the next process is spawned ahead. */
  readonly isAhead?: true;
}

const programs: Readonly<Record<string, Program>> = {
  api: { module: 'apps/api/src/main', inspectPort: 9229, isAhead: true },
  worker: { module: 'apps/worker/src/main', inspectPort: 9230, isAhead: true },
  emulator: { module: 'apps/runpod-emulator/src/main', inspectPort: 9231 },
  migrate: { module: 'apps/api/src/migrate.main' },
};

/** A restart closes idle connections, such as a browser's, after half of the grace period. */
export const developmentDefaults = { SHUTDOWN_GRACE_SECONDS: '1' };

/** Starts a process of ours from its compiled modules, with stack traces that name our sources, and for debuggers. */
export function forDevelopment(options: ProcessOptions): ProcessOptions {
  const program = programs[options.name];
  if (program === undefined) return options;
  const { module, inspectPort, isAhead } = program;
  const mapped = { ...options, module: entry(module), nodeFlags: ['--enable-source-maps'] };
  if (inspectPort === undefined) return mapped;
  const at = `127.0.0.1:${inspectPort}`;
  if (!isAhead) return { ...mapped, nodeFlags: [...mapped.nodeFlags, `--inspect=${at}`] };
  // The process before has the port until it ends, so preload.main.ts opens it.
  const preload = pathToFileURL(entry('apps/standalone/src/preload.main')).href;
  return {
    ...mapped,
    nodeFlags: [...mapped.nodeFlags, `--inspect-port=${at}`, '--import', preload],
    takesOrders: true,
  };
}

/** What changed sources ask for. */
export interface Restart {
  readonly parts: readonly string[];
  /** A migration is new or another one: it runs before the parts start. */
  readonly migrates: boolean;
  /** `npm run dev` itself runs the code that changed. */
  readonly isOwnCode: boolean;
}

/**
 * Decides what starts again after a change.
 *
 * The emulator keeps jobs in memory, so it is left alone unless its own code changed.
 *
 * @param files sources relative to the clone, such as `libs/jobs/src/job.ts`
 */
export function restartAfter(files: readonly string[]): Restart {
  const isIn = (...folders: readonly string[]): boolean =>
    files.some((file) => folders.some((at) => file.startsWith(at)));
  const isShared = files.some((file) => file.startsWith('libs/') && !file.startsWith('libs/local-services/'));
  const parts = { api: isShared || isIn('apps/api/'), worker: isShared || isIn('apps/worker/') };
  return {
    parts: [
      ...(parts.worker ? ['worker'] : []),
      ...(parts.api ? ['api'] : []),
      ...(isIn('apps/runpod-emulator/') ? ['emulator'] : []),
    ],
    migrates: isIn('libs/database/src/migrations/'),
    isOwnCode: isIn('apps/standalone/', 'libs/local-services/'),
  };
}

/** Restarts parts when scripts/dev.mjs says, in a message, which sources it has compiled. */
export function followChanges(run: Run, env: NodeJS.ProcessEnv, report: (line: string) => void): void {
  let changed: string[] = [];
  let work = Promise.resolve();

  const restart = async (): Promise<void> => {
    if (changed.length === 0 || run.isStopping) return; // done by the restart before
    const { parts, migrates, isOwnCode } = restartAfter(changed);
    changed = [];
    const startedAt = Date.now();
    if (isOwnCode) report('Run npm run dev again: this is code of its own');
    if (migrates) await run.complete(migrateProcess(env));
    await run.restart(parts);
    if (parts.length > 0) report(`Restarted ${parts.join(' and ')} in ${Date.now() - startedAt} ms`);
  };
  const tell = (error: unknown): void => {
    if (!run.isStopping) report(`${(error as Error).message}. Waiting for a change`);
  };

  process.on('message', (files: readonly string[]) => {
    changed.push(...files);
    work = work
      .then(restart)
      .catch(tell)
      .then(() => run.prepareRestarts());
  });
  run.prepareRestarts();
  process.channel?.unref(); // listening keeps no stopped run alive
}
