import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { embedInstantly } from '../e2e/contract/emulated.js';
import { HttpClient } from '../support/http.js';
import { makePartner, sharedStack, type TestPartner } from '../support/shared-stack.js';
import type { StackAddress } from '../support/stack.js';
import { Visit, type VisitOptions } from './visit.js';

type Look = Pick<BrowserContextOptions, 'colorScheme' | 'viewport'>;

/** The shared Timbre and the shared browser, for one test file. */
export class Lab {
  #browser: Browser | undefined;
  readonly #open: { readonly context: BrowserContext; readonly visit: Visit }[] = [];
  readonly stack: StackAddress = sharedStack();
  readonly origin = new URL(this.stack.baseUrl).origin;
  readonly admin = new HttpClient(this.stack.baseUrl, this.stack.adminKey);

  async start(): Promise<void> {
    const endpoint = process.env['TEST_BROWSER'];
    if (!endpoint) throw new Error('TEST_BROWSER is missing: is this a *.console-spec.ts file?');
    this.#browser = await chromium.connect(endpoint);
  }

  /** Creates a partner whose embeddings complete at once, and without sound. */
  async partner(): Promise<TestPartner> {
    const partner = await makePartner(this.stack);
    await embedInstantly(this.stack, partner);
    return partner;
  }

  /**
   * Opens the console in a browser profile of its own, without motion, which would only cost time. When the test ends,
   * the profile is closed and nothing may have gone wrong in it.
   */
  async visit(options: VisitOptions & Look = {}): Promise<Visit> {
    if (!this.#browser) throw new Error('The lab has not been started');
    const { colorScheme = 'light', viewport = { width: 1440, height: 900 } } = options;
    const context = await this.#browser.newContext({
      colorScheme,
      viewport,
      acceptDownloads: true,
      reducedMotion: 'reduce',
      permissions: ['microphone'],
    });
    context.setDefaultTimeout(20_000);
    const visit = await Visit.begin(context, this.origin, options);
    this.#open.push({ context, visit });
    return visit;
  }

  /** Closes what the test has opened, and fails if anything went wrong there. */
  async check(): Promise<void> {
    const ended = this.#open.splice(0);
    await Promise.all(ended.map(({ context }) => context.close()));
    expect(ended.flatMap(({ visit }) => visit.complaints)).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
  }
}

/** Returns the lab of this test file. Every test ends with its check. */
export function consoleLab(): Lab {
  const lab = new Lab();
  beforeAll(() => lab.start());
  afterEach(() => lab.check());
  afterAll(() => lab.stop());
  return lab;
}
