import type { BrowserContext, Page } from 'playwright-core';
import type * as Dom from './dom.js';

export interface VisitOptions {
  /** Signs in before the page is loaded. */
  readonly key?: string;
  /** Address within the console, for example `/partners/demo/voices`. */
  readonly at?: string;
}

/** Somebody with the console in a browser of their own, and everything that goes wrong there. */
export class Visit {
  readonly #complaints: string[] = [];
  readonly #tolerated: RegExp[] = [];
  /** Every URL that was requested. */
  readonly requested: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {}

  /** @param origin of Timbre, for example `http://127.0.0.1:8080` */
  static async begin(context: BrowserContext, origin: string, { key, at = '/' }: VisitOptions): Promise<Visit> {
    await context.exposeBinding('reportToTest', ({ page }, sentence: string) => {
      visits.get(page)?.complain(sentence);
    });
    const visits = new Map<Page, Visit>();
    await context.addInitScript(reportViolations);
    if (key !== undefined) await context.addInitScript(signInAtOnce, { key, origin });
    const page = await context.newPage();
    const visit = new Visit(page, origin);
    visits.set(page, visit);
    context.on('page', (other) => {
      visits.set(other, visit);
      visit.watch(other);
    });
    visit.watch(page);
    await visit.go(at);
    return visit;
  }

  /** Opens an address of the console. */
  async go(at: string): Promise<void> {
    await this.page.goto(`${this.origin}/#${at}`);
  }

  /** Ignores a complaint that a test provokes, for example the console's line about a status of 401. */
  tolerate(...expected: readonly RegExp[]): void {
    this.#tolerated.push(...expected);
  }

  complain(sentence: string): void {
    this.#complaints.push(sentence);
  }

  /** Errors in the console and of scripts, reports of the policy, requests to other hosts, failures of the server. */
  get complaints(): readonly string[] {
    return this.#complaints.filter((sentence) => !this.#tolerated.some((expected) => expected.test(sentence)));
  }

  private watch(page: Page): void {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.complain(`console: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => this.complain(`uncaught: ${error.stack ?? error.message}`));
    page.on('crash', () => this.complain('the page crashed'));
    page.on('request', (request) => {
      const url = request.url();
      this.requested.push(url);
      const isOurs = url.startsWith(`${this.origin}/`) || url.startsWith(`blob:${this.origin}/`);
      if (!isOurs) this.complain(`request to another host: ${url}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 500) this.complain(`status ${response.status()}: ${response.url()}`);
    });
  }
}

/** Runs in each page: violations of the content security policy are reported. */
function reportViolations(): void {
  const page = globalThis as unknown as Dom.Page & { reportToTest(sentence: string): void };
  page.document.addEventListener('securitypolicyviolation', (event) => {
    page.reportToTest(
      `policy: ${event['violatedDirective']} ${event['blockedURI']} ${event['sample']} (${event['sourceFile']}:${event['lineNumber']})`,
    );
  });
}

/** Runs in each page: the tab has a key already, and the player may be listened to by the test. */
function signInAtOnce({ key, origin }: { readonly key: string; readonly origin: string }): void {
  const page = globalThis as unknown as Dom.Page;
  if (page.location.origin !== origin) return;
  page.sessionStorage.setItem('timbre.key', key);
  page.sessionStorage.setItem('timbre.test', 'yes');
}
