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

/** Inserts thousands of empty voices with one statement. */
async function insertVoices(names: readonly string[]): Promise<void> {
  await sql(
    contract.stack,
    `INSERT INTO voices (id, partner_id, name)
     SELECT gen_random_uuid(), p.id, n.name FROM partners p, unnest($2::text[]) AS n(name) WHERE p.name = $1`,
    [partner.name, names],
  );
}

/** Returns the path of the next page below `/api`, from the `Link` header (RFC 8288). */
const nextOf = (response: Response): string | undefined => {
  const link = response.headers.get('link');
  if (link === null) return undefined;
  const [, url = ''] = /^<([^>]+)>; rel="next"$/.exec(link) ?? [];
  expect(url.startsWith(`${contract.stack.baseUrl}${partner.route()}?`)).toBe(true);
  return url.slice(contract.stack.baseUrl.length);
};

/** Reads all voices page by page. @param between runs after each page */
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

describe('GET voices', () => {
  it('returns an empty list to a new partner', async () => {
    const response = await partner.http.fetch(partner.route());
    expect([response.status, await response.text()]).toEqual([200, '[]']);
    expect((await partner.http.get(`${partner.route()}?limit=1`)).body).toEqual([]);
  });

  it('streams thousands of voices ordered by code point, in the same bytes as the pages', async () => {
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

  it('returns no Link header with the last page', async () => {
    const all = await paged(1_000);
    const exact = await partner.http.fetch(`${partner.route()}?limit=1000&cursor=${cursorBefore(all, 1_000)}`);
    expect((await exact.json()) as Summary[]).toHaveLength(1_000);
    expect(nextOf(exact)).toBeUndefined();
  });

  it('repeats and hides no voice while others are added and deleted', async () => {
    const before = (await paged(1_000)).map(({ name }) => name);
    const seen = await paged(500, async (page) => {
      await insertVoices([`!early ${page}`, `~late ${page}`]);
      await partner.http.delete(partner.route(before[page * 500 + 3]));
    });
    const names = seen.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    // A voice that existed all the time appears once. Every deleted voice had been read before.
    expect(before.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith('!early'))).toEqual([]);
    expect(names.filter((name) => name.startsWith('~late')).length).toBeGreaterThan(0);
  });

  it('finds and sorts voices, with the same search in every link', async () => {
    const [own, http] = [await contract.partner(), (route: string) => own.http.fetch(`${own.route()}${route}`)];
    for (const [name, labels] of Object.entries({ 'Zoë 1': 'a', 'zoë 2': 'a', 'ZOË 3': 'b', Bob: 'a' })) {
      await own.http.post(`${own.route()}/empty`, { name, labels: { 'x.y': labels, all: 'yes & no' } });
    }
    const query = 'q=zo%C3%AB&label=x.y%3Aa&label=all%3Ayes+%26+no&status=idle&sort=created_at&order=desc';
    const first = await http(`?${query}&limit=1`);
    expect((await first.json()) as Summary[]).toMatchObject([
      { name: 'zoë 2', labels: { 'x.y': 'a', all: 'yes & no' } },
    ]);
    const [, url = ''] = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? [];
    const second = await own.http.fetch(url.slice(contract.stack.baseUrl.length));
    expect(((await second.json()) as Summary[]).map(({ name }) => name)).toEqual(['Zoë 1']);
    expect(second.headers.get('link')).toBeNull();
    const names = async (search: string): Promise<string[]> =>
      ((await (await http(search)).json()) as Summary[]).map(({ name }) => name);
    expect(await names(`?${query}`)).toEqual(['zoë 2', 'Zoë 1']);
    expect(await names('?order=desc')).toEqual(['zoë 2', 'Zoë 1', 'ZOË 3', 'Bob']);
    await own.http.patch(own.route('Zoë 1'), { description: 'changed' });
    expect(await names('?sort=updated_at')).toEqual(['zoë 2', 'ZOË 3', 'Bob', 'Zoë 1']);
    expect(await names('?status=failed')).toEqual([]);
  });

  it('returns no voices of another partner', async () => {
    const other = await contract.partner();
    expect((await other.http.get(other.route())).body).toEqual([]);
  });
});

/** Returns the cursor of the page that starts `left` voices before the end, as in a `Link` header. */
function cursorBefore(all: readonly Summary[], left: number): string {
  const last = all[all.length - left - 1];
  return Buffer.from(`v1:${last?.name ?? ''}`).toString('base64url');
}
