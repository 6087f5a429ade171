import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import type * as Dom from './dom.js';

/** A phone, a tablet, a laptop and a large screen. */
export const sizes = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
] as const;

const folder = path.join(process.cwd(), '.cache/screenshots/console');

/** Runs in the page: what is wrong with its layout. */
function layoutFaults(): string[] {
  const page = globalThis as unknown as Dom.Page;
  const { document } = page;
  const faults: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth} px wide, its window ${clientWidth} px`);
  for (const element of document.querySelectorAll('button, a[href], input, [role=button], [role=slider]')) {
    const { width, height } = element.getBoundingClientRect();
    const isClipped = (one: Dom.Element | null): boolean =>
      one !== null && (one.getBoundingClientRect().width <= 1 || isClipped(one.parentElement)); // for screen readers
    const isShown = element.checkVisibility({ visibilityProperty: true }) && !isClipped(element);
    // WCAG 2.5.8 exempts links within a sentence, and inputs whose label is the target.
    const isExempt = page.getComputedStyle(element)['display'] === 'inline' || element.closest('label') !== null;
    if (isShown && !isExempt && (width < 24 || height < 24)) {
      const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40);
      faults.push(`${element.tagName} ${name} is ${width.toFixed(0)} × ${height.toFixed(0)} px`);
    }
  }
  return faults;
}

/**
 * Expects that a page fits at every size, without scrolling sideways and with targets of 24 px. Writes pictures into
 * `.cache/screenshots/console`, for people.
 */
export async function expectFits(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const size of sizes) {
    await page.setViewportSize(size);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
    const picture = path.join(folder, `${name}-${size.width}.png`);
    await page.screenshot({ path: picture, fullPage: size.width === 390 });
    expect([size.width, ...(await page.evaluate(layoutFaults))]).toEqual([size.width]);
  }
}
