import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from '../../../test/support/domain.js';
import type { ListedVoice } from './voice-details.js';
import { voiceInUrl } from './voice-in-url.js';
import { isPlace, pageStatement, type VoiceSearch } from './voice-search.js';
import { VoicesService } from './voices.service.js';

describe('VoicesService.listPage', () => {
  let domain: Domain;
  let voices: VoicesService;
  let partnerId: string;
  beforeAll(async () => {
    domain = await Domain.open();
    voices = domain.get(VoicesService);
    partnerId = await domain.partner();
  });
  afterAll(() => domain.close());

  /** Inserts voices of a new partner, the first of them the oldest. Columns that a voice leaves out are the defaults. */
  async function insert(rows: readonly Readonly<Record<string, unknown>>[]): Promise<string> {
    const owner = await domain.partner();
    for (const [at, row] of rows.entries()) {
      const columns = { partner_id: owner, name: `voice ${at}`, ...row };
      const names = Object.keys(columns);
      await domain.database.query(
        `INSERT INTO voices (${names.join(', ')}) VALUES (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
        Object.values(columns),
      );
    }
    return owner;
  }

  /** Reads all pages. */
  async function listed(owner: string, search: VoiceSearch, limit = 2): Promise<ListedVoice[]> {
    const all: ListedVoice[] = [];
    for (;;) {
      const after = all.at(-1)?.place ?? null;
      if (after !== null) expect(isPlace(search.sort, after)).toBe(true);
      const page = await voices.listPage(owner, search, { after, limit });
      if (page.length === 0) return all;
      all.push(...page);
    }
  }
  const namesOf = async (owner: string, search: Partial<VoiceSearch>): Promise<string[]> =>
    (await listed(owner, { sort: 'name', ...search })).map(({ name }) => name);

  it('orders names by code point, in both directions', async () => {
    const names = ['B', 'Z', '_', 'a', 'b', 'ä', '\uFF21', '\u{1F600}'];
    const owner = await insert(names.toReversed().map((name) => ({ name })));
    expect(await namesOf(owner, {})).toEqual(names);
    expect(await namesOf(owner, { isDescending: true })).toEqual(names.toReversed());
  });

  it('returns what a row of the list needs', async () => {
    const labels = ['a:1', 'b:2'];
    const owner = await insert([{ name: 'A', creator_name: 'Ann', labels, original_duration_seconds: 1.5 }]);
    expect(await listed(owner, { sort: 'name' })).toEqual([
      {
        id: expect.any(String),
        name: 'A',
        hasOriginal: false,
        originalDurationSeconds: 1.5,
        sampleCount: 0,
        splittingStatus: 'idle',
        embeddingStatus: 'idle',
        preferredSampleIndex: null,
        language: 'en',
        labels,
        creatorName: 'Ann',
        creatorEmail: null,
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
        place: 'A',
      },
    ]);
  });

  it.each(['created_at', 'updated_at'] as const)(
    'orders by %s to the microsecond, and by id where it is equal',
    async (sort) => {
      const times = [1, 2, 2, 2, 3, 4].map((micros) => ({ [sort]: `2026-01-31T12:00:00.00000${micros}Z` }));
      const owner = await insert([
        ...times,
        { [sort]: '1970-01-01T00:00:00Z' },
        { [sort]: '2199-12-31T23:59:59.999999Z' },
      ]);
      const [ascending, descending] = [
        await listed(owner, { sort }),
        await listed(owner, { sort, isDescending: true }),
      ];
      expect(descending).toEqual(ascending.toReversed());
      expect(ascending.map(({ name }) => name).filter((name) => !/[123]$/.test(name))).toEqual([
        'voice 6',
        'voice 0',
        'voice 4',
        'voice 5',
        'voice 7',
      ]);
      const equal = ascending.slice(2, 5);
      expect(equal.map(({ name }) => name).sort()).toEqual(['voice 1', 'voice 2', 'voice 3']);
      expect(equal.map(({ id }) => id)).toEqual(equal.map(({ id }) => id).sort());
    },
  );

  it('finds a part of the name in any case, and takes every character of it literally', async () => {
    const names = ['Zoë 1', 'ZOË 2', 'Straße', 'ΣΟΦΟΣ', 'a.b*c', 'a%b', 'a_b', '[x]', '^$', 'x{2}', '😀'];
    const owner = await insert(names.map((name) => ({ name })));
    const found = (text: string): Promise<string[]> => namesOf(owner, { text });
    expect(await found('zoë')).toEqual(['ZOË 2', 'Zoë 1']);
    expect(await found('OË 1')).toEqual(['Zoë 1']);
    expect(await found('STRA')).toEqual(['Straße']);
    expect(await found('σοφος')).toEqual(['ΣΟΦΟΣ']);
    for (const name of names) expect(await found([...name].slice(1).join(''))).toContain(name);
    expect(await found('.')).toEqual(['a.b*c']);
    expect(await found('_')).toEqual(['a_b']);
    expect(await found('%')).toEqual(['a%b']);
    expect(await found('***:zo')).toEqual([]);
    expect(await found('\\w')).toEqual([]);
    expect(await found('ü'.repeat(255))).toEqual([]);
    expect(await found('\\')).toEqual([]);
    expect(await found('😀')).toEqual(['😀']);
    const kelvin = await insert([{ name: 'K' }, { name: '\u212a' }, { name: 'a\\b' }]);
    expect(await namesOf(kelvin, { text: 'k' })).toEqual(['K']);
    expect(await namesOf(kelvin, { text: 'A\\B' })).toEqual(['a\\b']);
  });

  it('finds voices by all their labels and by either status, together with the rest', async () => {
    const owner = await insert([
      { labels: ['lang:en', 'project:a'], splitting_status: 'failed' },
      { labels: ['project:a'], embedding_status: 'failed' },
      { labels: ['lang:en', 'project:b'], embedding_status: 'completed' },
      {},
    ]);
    expect(await namesOf(owner, { labels: ['project:a'] })).toEqual(['voice 0', 'voice 1']);
    expect(await namesOf(owner, { labels: ['project:a', 'lang:en'] })).toEqual(['voice 0']);
    expect(await namesOf(owner, { labels: ['project:a', 'lang:fr'] })).toEqual([]);
    expect(await namesOf(owner, { status: 'failed' })).toEqual(['voice 0', 'voice 1']);
    expect(await namesOf(owner, { status: 'idle' })).toEqual(['voice 0', 'voice 1', 'voice 2', 'voice 3']);
    const search = { sort: 'created_at', isDescending: true } as const;
    expect(await namesOf(owner, { ...search, labels: ['lang:en'], text: 'VOICE', status: 'completed' })).toEqual([
      'voice 2',
    ]);
    expect(await namesOf(partnerId, { labels: ['project:a'] })).toEqual([]);
  });

  it('reads each page with one statement that an index serves', async () => {
    await domain.database.query(
      `INSERT INTO voices (partner_id, name, labels, created_at, splitting_status, embedding_status)
       SELECT $1, 'voice ' || n, ARRAY['all:yes', 'rare:' || n % 2000], now() - n * interval '1 minute',
         'completed', CASE WHEN n % 2000 = 7 THEN 'failed' ELSE 'completed' END
       FROM generate_series(1, 20000) n`,
      [partnerId],
    );
    await domain.database.query('ANALYZE voices');
    const plan = async (search: VoiceSearch, after: string | null = null): Promise<string> => {
      const { sql, values } = pageStatement(partnerId, search, { after, limit: 100 });
      const rows = await domain.database.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, values);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const byId = `EXPLAIN SELECT v.name FROM voices v WHERE ${voiceInUrl(partnerId)?.sql}`;
    const idPlan = await domain.database.query<{ 'QUERY PLAN': string }>(byId, [partnerId, partnerId]);
    expect(idPlan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(
      /BitmapOr[^]*voices_partner_id_name_unique[^]*voices_pkey/,
    );
    const [name, time] = ['voice 5', `1760000000000000 ${partnerId}`];
    expect(await plan({ sort: 'name', labels: ['rare:7'] })).toContain('Bitmap Index Scan on voices_labels_idx');
    expect(await plan({ sort: 'created_at', labels: ['all:yes', 'rare:7'] })).toContain('on voices_labels_idx');
    for (const status of ['failed', 'in_progress', 'idle'] as const) {
      for (const sort of ['name', 'created_at'] as const) {
        expect(await plan({ sort, status })).toMatch(
          /BitmapOr[^]*voices_splitting_status_idx[^]*voices_embedding_status_idx/,
        );
      }
    }
    expect(await plan({ sort: 'name', labels: ['all:yes'] }, name)).toMatch(
      /Index Scan using voices_partner_id_name_unique/,
    );
    for (const sort of ['created_at', 'updated_at'] as const) {
      for (const isDescending of [false, true]) {
        expect(await plan({ sort, isDescending }, time)).toMatch(
          new RegExp(`Index Scan${isDescending ? ' Backward' : ''} using voices_${sort}_idx[^]*Index Cond: .*ROW`),
        );
      }
    }
  });
});

describe('isPlace', () => {
  it.each([
    '',
    'x',
    '1',
    '-1 5f1b3a0e-0000-4000-8000-000000000001',
    '9999999999999999 5f1b3a0e-0000-4000-8000-000000000001',
  ])('rejects %j in the order of times', (text) => expect(isPlace('created_at', text)).toBe(false));
  it('rejects names that no voice can have', () => {
    expect([isPlace('name', ''), isPlace('name', 'a\0'), isPlace('name', 'a')]).toEqual([false, false, true]);
  });
});
