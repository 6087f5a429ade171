import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { TestPartner } from '../support/shared-stack.js';
import { expectAccessible } from './axe.js';
import type * as Dom from './dom.js';
import { voicesOf } from './addresses.js';
import { consoleLab } from './lab.js';

const lab = consoleLab();
const unauthorised = /status of 401/;
let partner: TestPartner;

beforeAll(async () => {
  partner = await lab.partner();
});

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const voicesHeading = (page: Page) => page.getByRole('heading', { level: 1, name: partner.name });

/** Everything that the page's origin has kept in the browser, except for the session storage. */
const keptForLong = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { localStorage, document } = globalThis as unknown as Dom.Page;
    const names = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '');
    return JSON.stringify([document.cookie, names.map((name) => [name, localStorage.getItem(name)])]);
  });

describe('Signing in', () => {
  it('asks for a key, and says if Timbre does not know it', async () => {
    const visit = await lab.visit();
    visit.tolerate(unauthorised);
    await signIn(visit.page, 'tk_nobody');
    await visit.page.getByText('Timbre does not know this key.').waitFor();
    await expectAccessible(visit.page);
    await signIn(visit.page, partner.key);
    await voicesHeading(visit.page).waitFor();
  });

  it('shows a partner its voices, and nothing of the administrator', async () => {
    const { page } = await lab.visit();
    await signIn(page, ` ${partner.key} `);
    await voicesHeading(page).waitFor();
    expect(new URL(page.url()).hash).toBe(`#${voicesOf(partner)}`);
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Voices']);
  });

  it('shows the administrator the partners', async () => {
    const { page } = await lab.visit();
    await signIn(page, lab.stack.adminKey);
    await page.getByRole('heading', { level: 1, name: 'Partners' }).waitFor();
    const links = await page.getByRole('navigation').getByRole('link').allInnerTexts();
    expect(links).toEqual(expect.arrayContaining(['Partners', 'Jobs', 'Recompute']));
  });

  it('ends with the button, which forgets the key', async () => {
    const { page } = await lab.visit();
    await signIn(page, partner.key);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate(() => (globalThis as unknown as Dom.Page).sessionStorage.getItem('timbre.key'))).toBe(
      null,
    );
    await page.reload();
    await page.getByLabel('API key').waitFor();
  });

  it('says when Timbre cannot be reached, and tries again', async () => {
    const visit = await lab.visit();
    visit.tolerate(/ERR_FAILED/);
    await visit.page.route('**/api/key', (route) => route.abort());
    await signIn(visit.page, partner.key);
    const retry = visit.page.getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    await expectAccessible(visit.page);
    await visit.page.unroute('**/api/key');
    await retry.click();
    await voicesHeading(visit.page).waitFor();
  });
});

describe('The key', () => {
  it('survives a reload, and is not in a new tab', async () => {
    const { page } = await lab.visit();
    await signIn(page, partner.key);
    await voicesHeading(page).waitFor();
    await page.reload();
    await voicesHeading(page).waitFor();
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await tab.getByLabel('API key').waitFor();
  });

  it('is kept in the session storage alone, and is in no URL', async () => {
    const { page, requested } = await lab.visit();
    await signIn(page, partner.key);
    await voicesHeading(page).waitFor();
    await page.getByRole('button', { name: 'dark' }).click();
    expect(await keptForLong(page)).not.toContain(partner.key);
    expect(await page.evaluate(() => (globalThis as unknown as Dom.Page).sessionStorage.getItem('timbre.key'))).toBe(
      partner.key,
    );
    expect([...requested, page.url()].filter((url) => url.includes(partner.key))).toEqual([]);
    expect(requested.some((url) => url.includes('/api/'))).toBe(true);
  });
});

describe('The frame of the console', () => {
  it.each(['light', 'dark'] as const)('is accessible in %s colours', async (colorScheme) => {
    const { page } = await lab.visit({ colorScheme });
    await page.getByLabel('API key').waitFor();
    await expectAccessible(page);
  });

  it('remembers the colours that somebody has chosen', async () => {
    const { page } = await lab.visit({ key: partner.key });
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Use light colours' }).waitFor();
  });

  it('says that there is nothing at an unknown address', async () => {
    const { page } = await lab.visit({ key: partner.key, at: '/nowhere' });
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await expectAccessible(page);
  });
});
