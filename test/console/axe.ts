import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Result {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}
interface WithAxe {
  readonly axe?: { run(context: unknown, options: unknown): Promise<Result> };
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Expects that axe finds nothing wrong with what the page shows now: WCAG 2.2 AA, and good practice. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  const found = await page.evaluate(async (tags) => {
    const checked = { exclude: ['[data-live-announcer]'] }; // what react-aria says to screen readers and removes
    const { axe } = globalThis as WithAxe;
    const { violations } = (await axe?.run(checked, {
      runOnly: tags,
      resultTypes: ['violations'],
      preload: false,
    })) ?? { violations: [] };
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 300)} ${failureSummary}`),
    );
  }, rules);
  expect(found).toEqual([]);
}
