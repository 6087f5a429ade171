import path from 'node:path';
import type { BrowserServer } from 'playwright-core';
import { audioTools, makeAudio, speech, temporaryFolder } from '../support/audio-measure.js';
import { launchSharedBrowser } from '../support/browser.js';
import { setUpStack, tearDown as tearDownStack } from '../support/setup.js';

let browser: BrowserServer | undefined;
let microphone: Awaited<ReturnType<typeof temporaryFolder>> | undefined;

/**
 * Starts the Timbre and the browser that all tests of the console share. Passes the browser to Jest's workers in
 * TEST_BROWSER. Its microphone is a recording of speech, and its pages may use it without a question.
 */
export async function setUp(): Promise<void> {
  await setUpStack();
  microphone = await temporaryFolder();
  const recording = path.join(microphone.path, 'microphone.wav');
  await makeAudio(audioTools(), ['-i', speech('en'), '-ac', '1', '-ar', '48000', recording]);
  browser = await launchSharedBrowser([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${recording}`,
    '--autoplay-policy=no-user-gesture-required',
  ]);
  process.env['TEST_BROWSER'] = browser.wsEndpoint();
}

export async function tearDown(): Promise<void> {
  await browser?.close();
  await tearDownStack();
  await microphone?.remove();
}
