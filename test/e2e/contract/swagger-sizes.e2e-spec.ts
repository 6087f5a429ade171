import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../support/browser.js';
import { ApiDescription } from '../../support/openapi.js';
import { sharedStack } from '../../support/shared-stack.js';

const screenshots = path.join(process.cwd(), '.cache/screenshots');
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

/** The parts of the DOM that the page's own script reads. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly width: number;
}
interface DomElement {
  readonly tagName: string;
  readonly className: string;
  readonly parentElement: DomElement | null;
  closest(selector: string): DomElement | null;
  getBoundingClientRect(): Box;
}
interface BrowserGlobals {
  readonly innerWidth: number;
  readonly document: { readonly body: { querySelectorAll(selector: string): Iterable<DomElement> } };
  getComputedStyle(element: DomElement): { readonly overflowX: string };
}

/** Names what reaches over the sides of its operation or of the screen, and is in no box that scrolls. */
function cutOff(): string[] {
  const browser = globalThis as unknown as BrowserGlobals;
  const scrolls = (element: DomElement | null): boolean =>
    element !== null &&
    (['auto', 'scroll'].includes(browser.getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  return [...browser.document.body.querySelectorAll('*')]
    .filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      const screen = { left: 0, right: browser.innerWidth };
      const room = element.closest('.opblock')?.getBoundingClientRect() ?? screen;
      return width > 0 && (left < room.left - 0.5 || right > room.right + 0.5) && !scrolls(element.parentElement);
    })
    .map(({ tagName, className }) => `${tagName} ${String(className)}`);
}

/** Operations of every kind: parameters of the path and the query, each form of body, each form of answer. */
const eachKind = ['listVoices', 'createVoice', 'getVoice', 'setPreferredSample', 'downloadTestSample', 'readAuditLog'];

let browser: Browser;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

async function openPage(viewport: typeof phone, isMobile: boolean): Promise<Page> {
  const context = await browser.newContext({ viewport, isMobile, hasTouch: isMobile });
  const page = await context.newPage();
  await page.goto(`${sharedStack().baseUrl}/docs`);
  await page.locator('.opblock').first().waitFor();
  return page;
}

/** Opens operations of the page one at a time. */
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

describe('the documentation on a phone', () => {
  it('cuts nothing off in a width of 390 pixels', async () => {
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

describe('the documentation on a desktop', () => {
  it('shows every operation on two screens, its failures one line each', async () => {
    const page = await openPage(desktop, false);
    const tall: string[] = [];
    const all = ApiDescription.committed().operations.map(({ id }) => id);
    await eachOperation(page, all, async (id, block) => {
      const box = await block.boundingBox();
      if (id === 'createVoice') await block.screenshot({ path: path.join(screenshots, 'desktop-create.png') });
      const screens = (box?.height ?? Infinity) / desktop.height;
      if (screens > 2) tall.push(`${id}: ${screens.toFixed(2)} screens`);
    });
    expect(tall).toEqual([]);
  });

  it('opens a failure with a click', async () => {
    const page = await openPage(desktop, false);
    const block = page.locator('#operations-Voices-createVoice');
    await block.locator('.opblock-summary-control').click();
    const failure = block.getByRole('button', { name: 'A field or parameter is missing or wrong.' });
    expect(await block.getByText('"detail"').count()).toBe(0);
    await failure.click();
    await block.getByText('"detail"').first().waitFor();
  });
});
