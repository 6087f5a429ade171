import Queue from 'bull';
import { queueOptions } from '#libs/jobs';
import { Stack, type StackOptions } from '../support/stack.js';

/** A Timbre to measure: as the stacks of the tests, but as it runs in production. */
export const startBenchStack = (options: StackOptions = {}): Promise<Stack> =>
  Stack.start({ ...options, env: { NODE_ENV: 'production', ...options.env } });

/** Leaves embeddings waiting for a worker: what is measured is splitting alone. */
export async function pauseEmbeddings({ address }: Stack): Promise<void> {
  const queue = new Queue('embedding-submit', address.redisUrl, { prefix: queueOptions.prefix });
  await queue.pause();
  await queue.close();
}
