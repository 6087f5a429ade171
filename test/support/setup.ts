import { startServices, type Services } from './services.js';
import { Stack } from './stack.js';

/*
 * What Jest does once before and after all test files. Jest calls these for each size of test that runs, in one
 * process: what one has started the other uses.
 */
let services: Services | undefined;
let stack: Stack | undefined;

/** Before tests against one real dependency: TEST_DATABASE_URL and TEST_REDIS_URL for the workers of Jest. */
export async function setUpServices(): Promise<void> {
  services ??= await startServices();
  process.env['TEST_DATABASE_URL'] = services.databaseUrl;
  process.env['TEST_REDIS_URL'] = services.redisUrl;
}

/** Before tests of the whole: also one Timbre that their files share, told to them in TEST_STACK. */
export async function setUpStack(): Promise<void> {
  await setUpServices();
  stack ??= await Stack.start();
  process.env['TEST_STACK'] = JSON.stringify(stack.address);
}

export async function tearDown(): Promise<void> {
  await stack?.stop();
  await services?.stop();
  stack = undefined;
  services = undefined;
}
