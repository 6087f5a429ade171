import { startS3rver, type S3rver } from '../../libs/storage/test/s3rver.js';
import { startServices, type Services } from './services.js';
import { Stack } from './stack.js';
import { useBucket } from './test-storage.js';

/*
 * What Jest does once before and after all test files. Jest calls these for each size of test that runs, in one
 * process: what one has started the other uses.
 */
let services: Services | undefined;
let stack: Stack | undefined;
let s3: S3rver | undefined;

/** Before tests against one real dependency: TEST_DATABASE_URL and TEST_REDIS_URL for the workers of Jest. */
export async function setUpServices(): Promise<void> {
  services ??= await startServices();
  process.env['TEST_DATABASE_URL'] = services.databaseUrl;
  process.env['TEST_REDIS_URL'] = services.redisUrl;
}

/**
 * Before tests of the whole: also one Timbre that their files share, told to them in TEST_STACK. With TEST_STORAGE=s3
 * this and every other Timbre of the tests keeps its bytes in a bucket.
 */
export async function setUpStack(): Promise<void> {
  await setUpServices();
  if (process.env['TEST_STORAGE'] === 's3') {
    s3 ??= await startS3rver('voices');
    useBucket(s3);
  }
  stack ??= await Stack.start();
  process.env['TEST_STACK'] = JSON.stringify(stack.address);
}

export async function tearDown(): Promise<void> {
  await stack?.stop();
  await services?.stop();
  await s3?.stop();
  stack = undefined;
  services = undefined;
  s3 = undefined;
}
