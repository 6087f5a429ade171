import { processesBeside } from '../../support/processes-beside.js';
import type { Environment, StackAddress } from '../../support/stack.js';

/** Another API process on a stack's database, Redis, folder and storage. */
export interface SecondApi {
  /** The stack as this process serves it. */
  readonly address: StackAddress;
  /** Every line that it has written so far. */
  readonly lines: readonly string[];
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a second API.
 *
 * @param stack may name another Redis, or another folder. The storage is then in that folder, where workers do not see it
 * @param env overrides the defaults of a stack
 */
export async function startSecondApi(stack: StackAddress, env: Environment = {}): Promise<SecondApi> {
  const { address, api, log } = await processesBeside(stack, env);
  await api.start().catch((error: unknown) => {
    throw new Error(`The second API did not start: ${log.lines.join('\n')}`, { cause: error });
  });
  return { address, lines: log.lines, pid: api.pid, stop: () => api.stop() };
}
