import { beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { emptyVoice } from './made-voices.js';
import { sql } from './sql.js';

interface Summary {
  readonly name: string;
}

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
});

/** Rows as the API makes them for empty voices; thousands at once. */
async function insertVoices(names: readonly string[]): Promise<void> {
  await sql(
    contract.stack,
    `INSERT INTO voices (id, partner_id, name)
     SELECT gen_random_uuid(), p.id, n.name FROM partners p, unnest($2::text[]) AS n(name) WHERE p.name = $1`,
    [partner.name, names],
  );
}

/** The next page's path below `/api`, from `Link` (RFC 8288). */
const nextOf = (response: Response): string | undefined => {
  const link = response.headers.get('link');
  if (link === null) return undefined;
  const [, url = ''] = /^<([^>]+)>; rel="next"$/.exec(link) ?? [];
  expect(url.startsWith(`${contract.stack.baseUrl}${partner.route()}?`)).toBe(true);
  return url.slice(contract.stack.baseUrl.length);
};

/** All voices, page by page. @param between is done after each page */
async function paged(limit: number, between: (page: number) => Promise<void> = async () => {}): Promise<Summary[]> {
  const all: Summary[] = [];
  let page = 0;
  for (let at: string | undefined = `${partner.route()}?limit=${limit}`; at !== undefined; page += 1) {
    const response = await partner.http.fetch(at);
    expect(response.status).toBe(200);
    const voices = (await response.json()) as Summary[];
    expect(voices.length).toBeLessThanOrEqual(limit);
    all.push(...voices);
    at = nextOf(response);
    await between(page);
  }
  return all;
}

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('the list of voices', () => {
  it('is empty at first', async () => {
    const response = await partner.http.fetch(partner.route());
    expect([response.status, await response.text()]).toEqual([200, '[]']);
    expect((await partner.http.get(`${partner.route()}?limit=1`)).body).toEqual([]);
  });

  it('of thousands is streamed, ordered by code point, and the same text as its pages', async () => {
    const names = Array.from({ length: 3_100 }, (_, at) => `voice ${((at * 7_919) % 3_100).toString(36)}`);
    await insertVoices(names);
    for (const name of ['Zoë', 'ähnlich', 'a', 'B', '日本', '🎙', '~', '[']) await emptyVoice(partner, name);

    const response = await partner.http.fetch(partner.route());
    expect(response.headers.get('link')).toBeNull();
    const streamed = await response.text();
    const voices = JSON.parse(streamed) as Summary[];
    expect(voices).toHaveLength(3_108);
    expect(voices.map(({ name }) => name)).toEqual(voices.map(({ name }) => name).sort(byCodePoint));
    for (const limit of [1_000, 997, 777]) expect(JSON.stringify(await paged(limit))).toBe(streamed);
  });

  it('has no page behind the last one', async () => {
    const all = await paged(1_000);
    const exact = await partner.http.fetch(`${partner.route()}?limit=1000&cursor=${cursorBefore(all, 1_000)}`);
    expect((await exact.json()) as Summary[]).toHaveLength(1_000);
    expect(nextOf(exact)).toBeUndefined();
  });

  it('stays in step while voices come and go', async () => {
    const before = (await paged(1_000)).map(({ name }) => name);
    const seen = await paged(500, async (page) => {
      await insertVoices([`!early ${page}`, `~late ${page}`]);
      await partner.http.delete(partner.route(before[page * 500 + 3]));
    });
    const names = seen.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    // What was there all the time is there once; what was deleted had been read already.
    expect(before.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith('!early'))).toEqual([]);
    expect(names.filter((name) => name.startsWith('~late')).length).toBeGreaterThan(0);
  });

  it('of another partner is another list', async () => {
    const other = await contract.partner();
    expect((await other.http.get(other.route())).body).toEqual([]);
  });
});

/** The cursor behind which so many voices are left, made as clients see it: from a page's `Link`. */
function cursorBefore(all: readonly Summary[], left: number): string {
  const last = all[all.length - left - 1];
  return Buffer.from(`v1:${last?.name ?? ''}`).toString('base64url');
}
