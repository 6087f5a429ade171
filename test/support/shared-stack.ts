import { randomBytes } from 'node:crypto';
import { HttpClient } from './http.js';
import type { StackAddress } from './stack.js';

/** Returns the Timbre that all e2e files share. Each test creates its own partner in it. */
export function sharedStack(): StackAddress {
  const text = process.env['TEST_STACK'];
  if (!text) throw new Error('TEST_STACK is missing: is this a *.e2e-spec.ts file?');
  return JSON.parse(text) as StackAddress;
}

export interface TestPartner {
  readonly name: string;
  readonly key: string;
  /** Sends requests with the partner's key. */
  readonly http: HttpClient;
  /** Returns the route of a voice, or of the partner's list: `/voices/<partner>[/<voice>]`. */
  route(voice?: string): string;
}

/** Creates a new partner and a key for it by the admin route, as an operator would. */
export async function makePartner(stack: Pick<StackAddress, 'baseUrl' | 'adminKey'>): Promise<TestPartner> {
  const name = `partner-${randomBytes(6).toString('hex')}`;
  const admin = new HttpClient(stack.baseUrl, stack.adminKey);
  const made = await admin.post<{ key: string }>(`/admin/partners/${name}/keys`, { name: 'test' });
  if (made.status !== 201) throw new Error(`No key for ${name}: ${made.status} ${JSON.stringify(made.body)}`);
  return {
    name,
    key: made.body.key,
    http: new HttpClient(stack.baseUrl, made.body.key),
    route: (voice) => `/voices/${name}${voice === undefined ? '' : `/${encodeURIComponent(voice)}`}`,
  };
}
