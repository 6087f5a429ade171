import type { Browser, Page } from 'playwright-core';
import { voicesOf } from '../../console/addresses.js';
import { launchBrowser } from '../../support/browser.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { createVoice, settled } from '../../support/voices.js';
import type { BenchCase, Row } from '../bench-case.js';
import { onDatabase, seedPartner, settle } from '../seed.js';

/** What one visit of a page took, in milliseconds. */
interface Visit {
  readonly firstPaint: number;
  /** From the press of a key or a button until its effect was painted: the slowest (Event Timing, W3C). */
  readonly slowest: number;
}

interface Watched {
  readonly durations: number[];
  readonly PerformanceObserver: new (seen: (list: { getEntries(): readonly Entry[] }) => void) => {
    observe(options: object): void;
  };
  readonly performance: { getEntriesByName(name: string): readonly Entry[] };
}
interface Entry {
  readonly startTime: number;
  readonly duration: number;
  readonly interactionId?: number;
}

/** Runs in the page before its own scripts: collects how long interactions take. */
function watchInteractions(): void {
  const page = globalThis as unknown as Watched;
  const durations: number[] = [];
  Object.assign(page, { durations });
  new page.PerformanceObserver((list) => {
    for (const { interactionId = 0, duration } of list.getEntries()) if (interactionId > 0) durations.push(duration);
  }).observe({ type: 'event', durationThreshold: 16 });
}

/** Opens a page in a browser profile of its own, and uses it. */
async function visit(
  browser: Browser,
  { key }: TestPartner,
  url: string,
  use: (page: Page) => Promise<void>,
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(watchInteractions);
  await context.addInitScript((given) => {
    const { location, sessionStorage } = globalThis as unknown as {
      location: { readonly protocol: string };
      sessionStorage: { setItem(name: string, value: string): void };
    };
    if (location.protocol.startsWith('http')) sessionStorage.setItem('timbre.key', given);
  }, key);
  const page = await context.newPage();
  try {
    await page.goto(url);
    await use(page);
    return await page.evaluate(async () => {
      await new Promise((done) => setTimeout(done, 500)); // entries arrive after the paint
      const { performance, durations } = globalThis as unknown as Watched;
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      return { firstPaint: paint?.startTime ?? NaN, slowest: Math.max(0, ...durations) };
    });
  } finally {
    await context.close();
  }
}

/** Loads every row, then sorts, searches and opens the dialog for new voices. */
async function useList(page: Page, voices: number): Promise<void> {
  const rows = page.locator('.table-link');
  await rows.first().waitFor();
  while ((await rows.count()) < voices) await rows.last().scrollIntoViewIfNeeded();
  await page.getByRole('columnheader', { name: 'Created' }).getByRole('button').click();
  await page.getByRole('searchbox', { name: 'Search by name' }).pressSequentially('0001', { delay: 50 });
  await page.getByRole('button', { name: 'New voice' }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
}

/** Plays a place, zooms in and out, plays samples by key and opens the split editor. */
async function useVoice(page: Page): Promise<void> {
  const pane = page.getByRole('slider', { name: 'Place in the recording' });
  await pane.locator('canvas').first().waitFor();
  await pane.click();
  for (const key of ['+', '+', '+', '+', 'ArrowRight', '-', '-', '0', ' ']) {
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  }
  await page.getByRole('button', { name: 'Play sample 1', exact: true }).click();
  for (const key of ['ArrowDown', 'ArrowDown', '1', ' ']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Try another split' }).click();
  await page.locator('.cuts-planned .cut').first().waitFor();
}

const rowsOf = (what: string, visits: readonly Visit[]): readonly Row[] => [
  {
    name: `console, first paint of ${what}`,
    unit: 'ms',
    ours: { name: 'first contentful paint, nothing cached', values: visits.map(({ firstPaint }) => firstPaint) },
    target: { at: 'most', value: 1000 },
  },
  {
    name: `console, slowest interaction with ${what}`,
    unit: 'ms',
    ours: { name: 'from the press until it was painted', values: visits.map(({ slowest }) => slowest) },
    target: { at: 'most', value: 100 },
  },
];

/** Measures the pages of the console in Chromium: how soon they appear, and how long they take to react. */
export const consolePages: BenchCase = {
  name: 'console',
  async run({ stack: { address }, scale, inputs }): Promise<readonly Row[]> {
    const partner = await makePartner(address);
    const other = await makePartner(address);
    await onDatabase(address.databaseUrl, (client) =>
      seedPartner(client, partner.name, scale.fewVoices, 10).then(() => settle(client)),
    );
    const made = await createVoice(other, 'long', await inputs.monoWav(scale.longestSeconds), { max_samples: '100' });
    if (made.status !== 201) throw new Error(`long: ${made.status}`);
    const { id } = await settled(other, 'long', 600_000);
    const origin = new URL(address.baseUrl).origin;
    const browser = await launchBrowser(['--autoplay-policy=no-user-gesture-required']);
    const lists: Visit[] = [];
    const voices: Visit[] = [];
    try {
      for (let round = 0; round < scale.rounds; round += 1) {
        const listUrl = `${origin}/#${voicesOf(partner)}`;
        lists.push(await visit(browser, partner, listUrl, (page) => useList(page, scale.fewVoices)));
        voices.push(await visit(browser, other, `${origin}/#${voicesOf(other, id)}`, useVoice));
      }
    } finally {
      await browser.close();
    }
    return [
      ...rowsOf(`a list of ${scale.fewVoices} voices`, lists),
      ...rowsOf(`a recording of ${scale.longestSeconds} s`, voices),
    ];
  },
};
