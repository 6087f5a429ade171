import { startS3rver, type S3rver } from '../../libs/storage/test/s3rver.js';
import { findTestTools, temporaryFolder } from './audio-measure.js';
import { startServices, type Services } from './services.js';
import { Stack } from './stack.js';
import { useBucket } from './test-storage.js';

/*
 * Jest's global setup and teardown. Jest calls them for each project in one process, so each uses what another has started.
 */
let services: Services | undefined;
let launchers: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
let stack: Stack | undefined;
let s3: S3rver | undefined;

/**
 * Starts the servers of medium tests and finds ffmpeg. Passes them to Jest's workers in TEST_DATABASE_URL, TEST_REDIS_URL
 * and TEST_AUDIO_TOOLS.
 */
export async function setUpServices(): Promise<void> {
  services ??= await startServices();
  launchers ??= await temporaryFolder();
  process.env['TEST_AUDIO_TOOLS'] ??= JSON.stringify(await findTestTools(launchers.path));
  process.env['TEST_DATABASE_URL'] = services.databaseUrl;
  process.env['TEST_REDIS_URL'] = services.redisUrl;
}

/**
 * Starts the Timbre that e2e files share and passes it to Jest's workers in TEST_STACK. With TEST_STORAGE=s3 every Timbre
 * of the tests keeps its bytes in a bucket.
 */
export async function setUpStack(): Promise<void> {
  await setUpServices();
  if (process.env['TEST_STORAGE'] === 's3') {
    s3 ??= await startS3rver('voices');
    useBucket(s3);
  }
  stack ??= await Stack.start({
    env: {
      RUNPOD_ENDPOINTS: 'kyutai=kyutai,other_tts=other_tts',
      RUNPOD_CONTRACT: '2',
      WEBHOOK_ALLOW_PRIVATE: 'true', // the endpoints of tests are on this machine
    },
  });
  process.env['TEST_STACK'] = JSON.stringify(stack.address);
}

export async function tearDown(): Promise<void> {
  await stack?.stop();
  await services?.stop();
  await s3?.stop();
  await launchers?.remove();
  stack = undefined;
  services = undefined;
  s3 = undefined;
  launchers = undefined;
  delete process.env['TEST_AUDIO_TOOLS'];
}
