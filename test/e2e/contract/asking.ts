import type { Answer, HttpClient } from '../../support/http.js';
import type { Operation } from '../../support/openapi.js';
import type { TestPartner } from '../../support/shared-stack.js';
import type { Failure } from './made-voices.js';

/** A request of any method whose answer is a failure, or empty. */
export async function ask(
  client: HttpClient,
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<Answer<Failure>> {
  const response = await client.fetch(path, { ...init, method });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text || '{}') as Failure };
}

/** A path of an operation, its parameters filled in; a voice that exists unless said otherwise. */
export const pathOf = (
  { template }: Pick<Operation, 'template'>,
  partner: Pick<TestPartner, 'name'>,
  fill: Readonly<Record<string, string>> = {},
): string => {
  const values: Record<string, string> = {
    partner: partner.name,
    voice: 'sampled',
    index: '1',
    filename: 'test_1_1.opus',
    tts_type: 'kyutai',
    id: 'abcdefghijklmnop',
    ...fill,
  };
  return template.replace(/^\/api/, '').replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
};
