import { processesBeside } from '../../support/processes-beside.js';
import type { Environment, StackAddress } from '../../support/stack.js';

/** Another API process on a stack's database, Redis, folder and storage. */
export interface SecondApi {
  /** The stack as this process serves it. */
  readonly address: StackAddress;
  /** Every line it wrote so far. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** @param env beside the defaults of a stack */
export async function startSecondApi(stack: StackAddress, env: Environment = {}): Promise<SecondApi> {
  const { address, api, log } = await processesBeside(stack, env);
  await api.start().catch((error: unknown) => {
    throw new Error(`The second API did not start: ${log.lines.join('\n')}`, { cause: error });
  });
  return { address, lines: log.lines, stop: () => api.stop() };
}
