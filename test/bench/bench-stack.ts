import { EmulatorControl } from '../faults/emulator-control.js';
import { Stack, type StackOptions } from '../support/stack.js';

/** A Timbre to measure: as the stacks of the tests, but as it runs in production. */
export const startBenchStack = (options: StackOptions = {}): Promise<Stack> =>
  Stack.start({ ...options, env: { NODE_ENV: 'production', ...options.env } });

/** Keeps the GPU side from answering: what is measured is splitting alone, and no emulator works beside it. */
export function holdEmbeddings({ address }: Stack): Promise<void> {
  return new EmulatorControl(address.emulatorUrl, address.emulatorKey).befall({}, { kind: 'hold' });
}
