import fc from 'fast-check';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { details, type Details } from '../../support/voices.js';
import { emptyVoice } from './made-voices.js';
import { strangeText } from './strange-values.js';

/* These clients check every response against openapi.json. An undocumented status or body fails the test. */
let contract: Contract;
let partner: TestPartner;
const names = ['a.b', 'Zoë', '100 %', 'x_y', '[z]'];

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
  for (const name of names) await emptyVoice(partner, name);
});

const rounds = { numRuns: 30, seed: 20_261_130 } as const;
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });

/** Whether a URL can contain the text: it has no lone surrogates. */
const isUnicode = (text: string): boolean => !/\p{Cs}/u.test(text);

/** Whether the contract accepts a text of this length. Written independently of the code under test. */
const isLine = (text: string, most: number): boolean =>
  text !== '' && [...text].length <= most && !/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u.test(text);

describe('searches of the list', () => {
  it('find exactly the voices whose name contains the text, or are rejected', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(strangeText, fc.constantFrom('A.', 'ZOË', '%', '_', '[', '.*', '^', '$', '\\')),
        async (q) => {
          if (!isUnicode(q)) return; // a URL cannot contain it
          const answer = await partner.http.get<Details[]>(
            `${partner.route()}?${new URLSearchParams({ q }).toString()}`,
          );
          expect(answer.status).toBe(isLine(q, 255) ? 200 : 422);
          if (answer.status !== 200) return;
          const expected = names.filter((name) => name.toLowerCase().includes(q.toLowerCase()));
          expect(answer.body.map(({ name }) => name)).toEqual([...expected].sort());
        },
      ),
      rounds,
    );
  });

  it('are answered or rejected, whatever the parameters are', async () => {
    const parameters = fc.record({
      label: maybe(fc.oneof(strangeText, fc.constantFrom('a:b', 'a:b:c', ':', 'a:'))),
      status: maybe(fc.constantFrom('idle', 'failed', 'Idle', '')),
      sort: maybe(fc.constantFrom('name', 'created_at', 'updated_at', 'id', '')),
      order: maybe(fc.constantFrom('asc', 'desc', 'up')),
      cursor: maybe(
        fc.oneof(
          strangeText,
          fc.constantFrom('v1:a', 'name desc:a', 'created_at asc:1 x', 'updated_at desc:99 ').map(encoded),
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async (given) => {
        const query = new URLSearchParams();
        for (const [name, value] of Object.entries(given))
          if (value !== undefined && isUnicode(value)) query.set(name, value);
        const { status } = await partner.http.get(`${partner.route()}?${query.toString()}`);
        expect([200, 422]).toContain(status);
      }),
      rounds,
    );
  });
});

describe('changes of a voice', () => {
  it('are stored as they were sent, or rejected without a change', async () => {
    const { id } = await emptyVoice(partner, 'changed');
    const value = fc.oneof(strangeText, fc.constantFrom(null, 5, true, [], {}, ['x']));
    const key = fc.oneof(strangeText, fc.constantFrom('a', 'a.b', '__proto__', 'constructor', 'toString'));
    const fields = fc.record(
      { description: value, creator_name: value, labels: fc.oneof(value, fc.dictionary(key, value, { maxKeys: 3 })) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fields, async (given) => {
        const before = await details(partner, id);
        const answer = await partner.http.patch<Details>(partner.route(id), given);
        expect([200, 422]).toContain(answer.status);
        const after = await details(partner, id);
        if (answer.status === 422) expect(after).toEqual(before);
        else expect(after).toEqual({ ...before, ...given, updated_at: expect.any(String) });
      }),
      rounds,
    );
  });
});

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
