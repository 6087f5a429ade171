import { Stack, type StackOptions } from '../support/stack.js';

/** A Timbre to measure: as the stacks of the tests, but as it runs in production. */
export const startBenchStack = (options: StackOptions = {}): Promise<Stack> =>
  Stack.start({ ...options, env: { NODE_ENV: 'production', ...options.env } });
