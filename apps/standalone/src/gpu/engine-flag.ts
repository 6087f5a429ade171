import { parseArgs } from 'node:util';

export const engines = ['acoustic-baseline', 'pocket-tts'] as const;

/** What makes embeddings: the emulator's own engine, or pocket-tts in a Python process beside it. */
export type EngineChoice = (typeof engines)[number];

/**
 * Reads `--engine` from the command line of `npm start`.
 *
 * @param hasOwnEndpoint whether RUNPOD_BASE_URL names an endpoint, so that nothing runs here
 * @throws Error that names the flag and what it may be
 */
export function readEngine(argv: readonly string[], hasOwnEndpoint: boolean): EngineChoice {
  const { values } = parseArgs({
    args: [...argv],
    options: { engine: { type: 'string', default: 'acoustic-baseline' }, dev: { type: 'boolean' } },
  });
  const engine = engines.find((each) => each === values.engine);
  if (engine === undefined) throw new Error(`--engine may be ${engines.join(' or ')}, not "${values.engine}"`);
  if (engine === 'pocket-tts' && hasOwnEndpoint) {
    throw new Error('--engine pocket-tts runs on this machine, but RUNPOD_BASE_URL names another one: leave out one');
  }
  return engine;
}
