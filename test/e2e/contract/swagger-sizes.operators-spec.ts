import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../support/browser.js';
import { ApiDescription } from '../../support/openapi.js';
import { Stack } from '../../support/stack.js';
import { cutOff } from './cut-off.js';

const screenshots = path.join(process.cwd(), '.cache/screenshots');
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

/** Operations of every kind: path and query parameters, each format of body, each format of answer. */
const eachKind = ['listVoices', 'createVoice', 'getVoice', 'setPreferredSample', 'downloadTestSample', 'readAuditLog'];

let browser: Browser;
let stack: Stack;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [browser, stack] = await Promise.all([launchBrowser(), Stack.start()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function openPage(viewport: typeof phone, isMobile: boolean): Promise<Page> {
  const context = await browser.newContext({ viewport, isMobile, hasTouch: isMobile });
  const page = await context.newPage();
  await page.goto(`${stack.address.baseUrl}/docs`);
  await page.locator('.opblock').first().waitFor();
  return page;
}

/** Opens operations of the page one at a time, and passes each to `look`. */
async function eachOperation(
  page: Page,
  ids: readonly string[],
  look: (id: string, block: Locator) => Promise<void>,
): Promise<void> {
  for (const id of ids) {
    const block = page.locator(`.opblock[id$="-${id}"]`);
    await block.locator('.opblock-summary-control').click();
    await block.locator('.responses-table').first().waitFor();
    await look(id, block);
    await block.locator('.opblock-summary-control').click();
    await block.locator('.responses-table').first().waitFor({ state: 'detached' });
  }
}

describe('Swagger UI on a phone', () => {
  it('cuts nothing off at a width of 390 pixels', async () => {
    const page = await openPage(phone, true);
    expect(await page.evaluate('innerWidth')).toBe(390);
    expect(await page.evaluate(cutOff)).toEqual([]);
    await page.screenshot({ path: path.join(screenshots, 'phone-1-overview.png') });
    await page.locator('button.authorize').first().click();
    await page.locator('.auth-container input').first().waitFor();
    expect(await page.evaluate(cutOff)).toEqual([]);
    await page.screenshot({ path: path.join(screenshots, 'phone-2-authorize.png') });
    await page.locator('button.btn-done').first().click();
    await eachOperation(page, eachKind, async (id, block) => {
      expect([id, await page.evaluate(cutOff)]).toEqual([id, []]);
      if (id === 'createVoice') await block.screenshot({ path: path.join(screenshots, 'phone-3-create.png') });
      if (id !== 'downloadTestSample') return;
      await block.locator('.execute').click();
      await block.locator('.live-responses-table').waitFor();
      expect(await page.evaluate(cutOff)).toEqual([]);
      await block.screenshot({ path: path.join(screenshots, 'phone-4-answered.png') });
    });
  });
});

describe('Swagger UI on a desktop', () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(desktop, false);
  });

  it('shows every operation on at most two screens', async () => {
    const tall: string[] = [];
    const all = ApiDescription.committed().operations.map(({ id }) => id);
    await eachOperation(page, all, async (id, block) => {
      const box = await block.boundingBox();
      if (id === 'createVoice') await block.screenshot({ path: path.join(screenshots, 'desktop-create.png') });
      const screens = (box?.height ?? Infinity) / desktop.height;
      if (screens > 2) tall.push(`${id}: ${screens.toFixed(2)} screens`);
    });
    expect(tall).toEqual([]);
  }, 400_000); // opens each of them

  it('shows an example of a failure after a click', async () => {
    const block = page.locator('#operations-Voices-createVoice');
    await block.locator('.opblock-summary-control').click();
    const failure = block.getByRole('button', { name: 'A field or parameter is missing or wrong.' });
    expect(await block.getByText('"detail"').count()).toBe(0);
    await failure.click();
    await block.getByText('"detail"').first().waitFor();
  });
});
