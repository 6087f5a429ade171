import Queue from 'bull';
import { queueOptions } from '#libs/jobs';
import { Stack, type StackOptions } from '../support/stack.js';

/** Starts an installation to measure. Like the stacks of the tests, but with production settings. */
export const startBenchStack = (options: StackOptions = {}): Promise<Stack> =>
  Stack.start({ ...options, env: { NODE_ENV: 'production', ...options.env } });

/** Keeps embeddings waiting, so that only splitting is measured. */
export async function pauseEmbeddings({ address }: Stack): Promise<void> {
  const queue = new Queue('embedding-submit', address.redisUrl, { prefix: queueOptions.prefix });
  await queue.pause();
  await queue.close();
}
