import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { emptyVoice, toneVoice } from '../../e2e/contract/made-voices.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { waitFor } from '../../support/wait-for.js';
import { expectAccessible } from '../axe.js';
import { expectTabReachesAll } from '../keyboard.js';
import { voicesOf } from '../addresses.js';
import { consoleLab } from '../lab.js';
import { expectFits } from '../sizes.js';

const lab = consoleLab();
let partner: TestPartner;

beforeAll(async () => {
  partner = await lab.partner();
  await toneVoice(partner, 'anna');
  for (const name of ['bela', 'cleo', 'dora']) await emptyVoice(partner, name);
  await partner.http.patch(partner.route('bela'), { labels: { project: 'news' }, language: 'fr' });
  await partner.http.patch(partner.route('cleo'), { labels: { project: 'news', studio: 'west' } });
});

async function open(of: TestPartner = partner): Promise<Page> {
  const { page } = await lab.visit({ key: of.key, at: voicesOf(of) });
  await page.getByRole('heading', { level: 1, name: `Voices of ${of.name}` }).waitFor();
  return page;
}

/** The names in the list, from the top. */
const names = (page: Page): Promise<string[]> => page.getByRole('table').locator('.table-link').allInnerTexts();

const shows = (page: Page, expected: readonly string[]): Promise<unknown> =>
  waitFor(`the list shows ${expected.join(', ')}`, async () => (await names(page)).join() === expected.join());

const row = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

describe('The list of voices', () => {
  it('shows name, status, language, labels, samples, length and age', async () => {
    const page = await open();
    await shows(page, ['anna', 'bela', 'cleo', 'dora']);
    const anna = await row(page, 'anna').innerText();
    expect(anna).toMatch(/Ready/);
    expect(anna).toMatch(/English/);
    expect(anna).toMatch(/0:31/);
    expect(anna).toMatch(/ago|now/);
    expect(await row(page, 'bela').innerText()).toMatch(/Empty[^]*French[^]*project\s+news/);
    await page.getByText('4 voices', { exact: true }).waitFor();
  });

  it('searches by name', async () => {
    const page = await open();
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('EL');
    await shows(page, ['bela']);
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('nobody');
    await page.getByRole('heading', { name: 'No voice matches' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await shows(page, ['anna', 'bela', 'cleo', 'dora']);
  });

  it('filters by labels that are pressed or written', async () => {
    const page = await open();
    await row(page, 'bela').getByRole('button', { name: 'Only voices with project:news' }).click();
    await shows(page, ['bela', 'cleo']);
    await page.getByLabel('Label, as key:value').fill('studio:west');
    await page.keyboard.press('Enter');
    await shows(page, ['cleo']);
    await page.getByRole('button', { name: 'Remove the filter project:news' }).click();
    await page.getByRole('button', { name: 'Remove the filter studio:west' }).click();
    await shows(page, ['anna', 'bela', 'cleo', 'dora']);
    await page.getByLabel('Label, as key:value').fill('no label');
    await page.keyboard.press('Enter');
    await page.getByText('Write a label as key:value').waitFor();
    await expectAccessible(page);
  });

  it('filters by status, and sorts by every column that says so', async () => {
    const page = await open();
    await page.getByRole('button', { name: /Status/ }).click();
    await expectAccessible(page);
    await page.getByRole('option', { name: 'Completed' }).click();
    await shows(page, ['anna']);
    await page.getByRole('button', { name: /Status/ }).click();
    await page.getByRole('option', { name: 'Any status' }).click();
    const sort = (column: string): Promise<void> =>
      page.getByRole('columnheader', { name: column }).getByRole('button').click();
    await sort('Name');
    await shows(page, ['dora', 'cleo', 'bela', 'anna']);
    expect(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('descending');
    await sort('Created');
    await shows(page, ['dora', 'cleo', 'bela', 'anna']);
    await sort('Created');
    await shows(page, ['anna', 'bela', 'cleo', 'dora']);
    await sort('Changed');
    await shows(page, ['cleo', 'bela', 'dora', 'anna']);
  });

  it('keeps its filters while somebody looks at a voice', async () => {
    const page = await open();
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('cl');
    await shows(page, ['cleo']);
    await row(page, 'cleo').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'cleo' }).waitFor();
    await page.goBack();
    await shows(page, ['cleo']);
    expect(await page.getByRole('searchbox', { name: 'Search by name' }).inputValue()).toBe('cl');
  });

  it('tells a partner without voices what to do', async () => {
    const page = await open(await lab.partner());
    await page.getByRole('heading', { name: 'No voices yet' }).waitFor();
    await expectAccessible(page);
    await expectFits(page, 'voices-empty');
  });

  it('is accessible in dark colours, fits every screen, and Tab reaches all of it', async () => {
    const visit = await lab.visit({ key: partner.key, at: voicesOf(partner), colorScheme: 'dark' });
    await shows(visit.page, ['anna', 'bela', 'cleo', 'dora']);
    await expectAccessible(visit.page);
    const page = await open();
    await shows(page, ['anna', 'bela', 'cleo', 'dora']);
    await expectAccessible(page);
    await expectTabReachesAll(page);
    await expectFits(page, 'voices');
  });
});

describe('The list of many voices', () => {
  let many: TestPartner;
  const voices = Array.from({ length: 130 }, (_, at) => `voice ${String(at).padStart(3, '0')}`);

  beforeAll(async () => {
    many = await lab.partner();
    for (let at = 0; at < voices.length; at += 10) {
      await Promise.all(voices.slice(at, at + 10).map((name) => emptyVoice(many, name)));
    }
  });

  it('loads further pages when their end comes near', async () => {
    const page = await open(many);
    await page
      .getByText('130 voices', { exact: true })
      .scrollIntoViewIfNeeded()
      .catch(() => undefined);
    await waitFor('all rows are there', async () => {
      await page.getByRole('table').locator('.table-link').last().scrollIntoViewIfNeeded();
      return (await names(page)).length === 130;
    });
    expect(await names(page)).toEqual(voices);
  });

  it('loads a further page if the end comes near while the rows are read again', async () => {
    const visit = await lab.visit({ key: many.key, at: voicesOf(many) });
    const { page } = visit;
    visit.tolerate(/ERR_FAILED/);
    await page.route('**/events', (route) => route.abort()); // so that the rows are read again and again
    await page.reload();
    await waitFor('the first page', async () => (await names(page)).length === 50);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const isRead = page.waitForRequest(`**/voices/${many.name}?*`);
    await page.route(`**/voices/${many.name}?*`, (route) => released.then(() => route.continue()));
    await isRead;
    await page.getByRole('button', { name: 'New voice' }).click(); // the list is drawn meanwhile
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('table').locator('.table-link').last().scrollIntoViewIfNeeded();
    await page.evaluate('new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))');
    release();
    await waitFor('the second page', async () => (await names(page)).length >= 100);
  });
});

describe('The list of voices, live', () => {
  it('shows what is created, renamed and deleted elsewhere, without a reload', async () => {
    const other = await lab.partner();
    await emptyVoice(other, 'first');
    const page = await open(other);
    await shows(page, ['first']);
    await emptyVoice(other, 'second');
    await shows(page, ['first', 'second']);
    await other.http.put(`${other.route('second')}/name`, { name: 'a new name' });
    await shows(page, ['a new name', 'first']);
    await other.http.delete(other.route('first'));
    await shows(page, ['a new name']);
    await toneVoice(other, 'zoe');
    await row(page, 'zoe').getByText('Ready').waitFor();
  });

  it('asks again while the stream of events is cut off, and says so', async () => {
    const other = await lab.partner();
    await emptyVoice(other, 'first');
    const visit = await lab.visit({ key: other.key });
    visit.tolerate(/ERR_FAILED/);
    await visit.page.route('**/events', (route) => route.abort());
    await visit.page.reload();
    await shows(visit.page, ['first']);
    await visit.page.getByText('The connection for changes is cut off.').waitFor();
    await expectAccessible(visit.page);
    await emptyVoice(other, 'second');
    await shows(visit.page, ['first', 'second']);
    await visit.page.unroute('**/events');
    await visit.page.getByText('The connection for changes is cut off.').waitFor({ state: 'detached' });
  });
});
