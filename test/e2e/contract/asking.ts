import type { Answer, HttpClient } from '../../support/http.js';
import type { Operation } from '../../support/openapi.js';
import type { TestPartner } from '../../support/shared-stack.js';
import type { Failure } from './made-voices.js';

/** Sends a request whose response is a failure or empty. */
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

/** Returns the path of an operation with its parameters filled in. The default is an existing voice. */
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
    run_id: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11',
    delivery: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11',
    ...fill,
  };
  return template.replace(/^\/api/, '').replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`There is no value for the parameter ${name} of ${template}`);
    return value;
  });
};
