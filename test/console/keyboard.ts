import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.js';
import type * as Dom from './dom.js';

/** Runs in the page: numbers what the Tab key must reach. @returns a description of each */
function numberStops(): string[] {
  const { document } = globalThis as unknown as Dom.Page;
  const isStop = (element: Dom.Element): boolean =>
    element.tabIndex >= 0 &&
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.matches(':disabled, [aria-disabled=true], [data-focus-trap]') &&
    element.closest('[inert], [aria-hidden=true]') === null &&
    // Arrow keys move within these. Tab stops at one of them.
    !element.matches('[role=radio], input[type=radio], [role=tab], [role=option], [role=menuitem], [role=row]');
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex]')].filter(isStop);
  return stops.map((element, at) => {
    element.setAttribute('data-stop', String(at));
    return `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60)}`;
  });
}

interface Stop {
  readonly number: number | undefined;
  readonly what: string;
  readonly isFocusVisible: boolean;
}

/** Runs in the page: looks at what has the focus, and whether people see that. */
async function focused(): Promise<Stop> {
  const page = globalThis as unknown as Dom.Page;
  const transitions = page.document.getAnimations().filter((each) => each.constructor.name === 'CSSTransition');
  await Promise.all(transitions.map(({ finished }) => finished.catch(() => undefined)));
  const element = page.document.activeElement;
  if (element === null || element.tagName === 'BODY') return { number: undefined, what: '', isFocusVisible: true };
  const hasRing = (one: Dom.Element | null): boolean => {
    if (one === null) return false;
    return ['', '::after'].some((part) => {
      const { outlineStyle, outlineWidth, boxShadow } = page.getComputedStyle(one, part);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    });
  };
  const mark = element.getAttribute('data-stop');
  return {
    number: mark === null ? undefined : Number(mark),
    what: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60)}`,
    // Inputs that are hidden from the eyes show their focus at the label or group around them.
    isFocusVisible: hasRing(element) || hasRing(element.closest('[data-focus-visible], label, tr, [role=group]')),
  };
}

/** Expects that the Tab key reaches everything that can be used, and that each stop shows that it has the focus. */
export async function expectTabReachesAll(page: Page): Promise<void> {
  await page.locator('.toast-good').first().waitFor({ state: 'hidden' }); // it goes by itself
  const stops = await page.evaluate(numberStops);
  const reached = new Set<number>();
  const unseen: string[] = [];
  for (let pressed = 0; pressed < stops.length * 2 + 10; pressed += 1) {
    await page.keyboard.press('Tab');
    const { number, what, isFocusVisible } = await page.evaluate(focused);
    if (!isFocusVisible) unseen.push(what);
    if (number !== undefined) reached.add(number);
    if (reached.size === stops.length) break;
  }
  expect(stops.filter((_, at) => !reached.has(at))).toEqual([]);
  expect(unseen).toEqual([]);
}

/** Returns a description of what has the focus. */
export const focus = async (page: Page): Promise<string> => (await page.evaluate(focused)).what;

/** Expects that the focus is at something, or comes there: a dialog gives it back one frame after it has gone. */
export async function expectFocusOn(page: Page, name: string): Promise<void> {
  await waitFor(`the focus is on ${name}`, async () => (await focus(page)).includes(name));
}
