import type { Command } from 'commander';
import type { Environment } from '../environment.js';
import { Screen } from '../screen/screen.js';
import { Context, type GlobalOptions } from '../timbre/context.js';

type Run<Given extends readonly unknown[]> = (context: Context, ...given: Given) => Promise<void>;

/** Makes the action of a command of a function that gets the context, the arguments and the options. */
export type Act = <Given extends readonly unknown[]>(
  run: Run<Given>,
) => (...given: [...Given, Command]) => Promise<void>;

/** @param signal aborted by Ctrl-C */
export function actions(environment: Environment, signal: AbortSignal): Act {
  return <Given extends readonly unknown[]>(run: Run<Given>) =>
    async (...all: [...Given, Command]) => {
      const command = all.at(-1) as Command;
      const options = command.optsWithGlobals<GlobalOptions>();
      const { hasColours, redraws } = environment;
      const { stdout, stderr } = process;
      const screen = new Screen({ stdout, stderr, json: options.json ?? false, hasColours, redraws });
      try {
        await run(new Context(options, environment, screen, signal), ...(all.slice(0, -1) as unknown as Given));
      } finally {
        screen.clear();
      }
    };
}
