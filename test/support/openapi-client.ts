import { HttpClient } from './http.js';
import { ApiDescription } from './openapi.js';
import { makePartner, type TestPartner } from './shared-stack.js';
import type { StackAddress } from './stack.js';

/** Checks answers against the committed openapi.json and records which documented answers were seen. */
export class ContractRecorder {
  readonly description = ApiDescription.committed();
  private readonly seen = new Map<string, Set<number>>();

  /** @throws Error that lists everything that is not as documented */
  async judge(method: string, target: string, response: Response): Promise<void> {
    const { status, headers } = response;
    const body = Buffer.from(await response.arrayBuffer());
    const problems = this.description.problemsOf({ method, target, status, headers, body });
    if (problems.length > 0) throw new Error(`Not as openapi.json says:\n${problems.join('\n')}`);
    const operation = this.description.operationOf(method, target.split('?', 1)[0] ?? '');
    if (!operation) return;
    this.seen.set(operation.id, (this.seen.get(operation.id) ?? new Set()).add(status));
  }

  /** Documented answers of this kind that were never seen, as `operationId status`. */
  unseen(isWanted: (status: number) => boolean): readonly string[] {
    return this.description.operations.flatMap(({ id, statuses }) =>
      statuses
        .filter((status) => isWanted(status) && !this.seen.get(id)?.has(status))
        .map((status) => `${id} ${status}`),
    );
  }
}

/** A client that checks every answer before the test sees it. */
export class JudgedClient extends HttpClient {
  constructor(
    baseUrl: string,
    key: string | undefined,
    private readonly recorder: ContractRecorder,
  ) {
    super(baseUrl, key);
  }

  override async fetch(route: string, init: RequestInit = {}): Promise<Response> {
    const response = await super.fetch(route, init);
    const { pathname, search } = new URL(response.url); // as it was sent: fetch resolves dots
    await this.recorder.judge(init.method ?? 'GET', pathname + search, response.clone());
    return response;
  }
}

/** Creates clients and partners whose answers are all checked. Each test file has one. */
export class Contract {
  readonly recorder = new ContractRecorder();

  constructor(readonly stack: StackAddress) {}

  client(key?: string): JudgedClient {
    return new JudgedClient(this.stack.baseUrl, key, this.recorder);
  }

  get admin(): JudgedClient {
    return this.client(this.stack.adminKey);
  }

  async partner(): Promise<TestPartner> {
    const partner = await makePartner(this.stack);
    return { ...partner, http: this.client(partner.key) };
  }
}
