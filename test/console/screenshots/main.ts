import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from '#libs/local-services';
import { launchBrowser } from '../../support/browser.js';
import { runToEnd } from '../../support/run-to-end.js';
import { setUpServices, tearDown } from '../../support/setup.js';
import { Stack } from '../../support/stack.js';
import { voicesOf } from '../addresses.js';
import { makeStudio, type Studio } from './studio.js';

const folder = path.join(projectRoot, 'docs/images');
const width = 1400;

/**
 * `npm run screenshots` takes the pictures of the README: a real Timbre with real speech, in light and dark colours. They
 * differ a little each time, because their times and scores are real.
 */
async function main(): Promise<void> {
  await setUpServices();
  await mkdir(folder, { recursive: true });
  const [stack, browser] = await Promise.all([
    Stack.start({ env: { TEST_SENTENCES: '' } }),
    launchBrowser(['--autoplay-policy=no-user-gesture-required']),
  ]);
  try {
    const studio = await makeStudio(stack);
    for (const colorScheme of ['light', 'dark'] as const) await takeAll(browser, studio, colorScheme);
    console.log('1 passed, 0 failed');
  } finally {
    await browser.close();
    await stack.stop();
    await tearDown();
  }
}

async function takeAll(browser: Browser, studio: Studio, colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 690 },
    deviceScaleFactor: 1.25,
    reducedMotion: 'reduce',
    bypassCSP: true, // for the style below
  });
  const page = await context.newPage();
  await page.goto(`${studio.origin}/#${voicesOf(studio.partner)}`);
  await page.getByLabel('API key').fill(studio.partner.key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('progressbar').first().waitFor();
  await page.getByText(`${studio.voices} voices`, { exact: true }).waitFor();
  if (colorScheme === 'light') await take(page, 'voices');
  await page.setViewportSize({ width, height: 1120 });
  await page.getByRole('link', { name: studio.shown, exact: true }).click();
  await page.locator('.pane canvas').first().waitFor();
  await page.getByRole('button', { name: 'Play sample 3', exact: true }).click();
  await page.waitForTimeout(2_000); // the player is in the middle of the sample
  await page.getByRole('button', { name: 'Pause sample 3', exact: true }).click();
  await take(page, `voice-${colorScheme}`);
  await context.close();
}

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.addStyleTag({ content: 'html { scrollbar-gutter: auto !important }' }); // there is no scroll bar in a picture
  await page.evaluate(() => {
    (globalThis as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, 0);
    return new Promise((done) => setTimeout(done, 300));
  });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

runToEnd(main);
