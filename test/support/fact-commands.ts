import fc from 'fast-check';
import type { Answer } from './http.js';
import {
  always,
  change,
  command,
  differs,
  expectShown,
  voiceRoute,
  type Command,
  type RealTimbre,
} from './model-command.js';
import { withFacts, type GivenFacts } from './model-facts.js';
import type { ContractModel } from './model.js';
import { searchDifference, type ListRow, type Search } from './model-search.js';
import type { Details } from './voices.js';

const labels = fc.constantFrom({}, { mood: 'calm' }, { mood: 'calm', project: 'a' }, { 'x.y': 'a:b, ü' });
const description = fc.constantFrom('Warm.', 'Line one\nLine two\t!');
const creatorName = fc.constantFrom('Ann', 'Zoë');
const creatorEmail = fc.constant('ann@example.com');
const language = fc.constantFrom('en', 'fr', 'PT-br');
const orNull = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { freq: 2 });

/** What a voice may be created with. */
export const newFacts: fc.Arbitrary<GivenFacts> = fc.record(
  { language, labels, description, creator_name: creatorName, creator_email: creatorEmail },
  { requiredKeys: [] },
);

const changedFacts: fc.Arbitrary<GivenFacts> = fc.record(
  {
    language,
    labels,
    description: orNull(description),
    creator_name: orNull(creatorName),
    creator_email: orNull(creatorEmail),
  },
  { requiredKeys: [] },
);

const wrongFacts = fc.constantFrom<Readonly<Record<string, unknown>>>(
  { language: null },
  { language: 'xx' },
  { labels: null },
  { labels: { Mood: 'calm' } },
  { description: '' },
  { creator_name: '' },
  { creator_email: 'nobody' },
  { label: {} },
);

const patch = (name: string, given: GivenFacts): Command =>
  change(
    `patch ${JSON.stringify(given)} of`,
    name,
    (real) => real.partner.http.patch(voiceRoute(real, name), given),
    (voice) => ({
      status: 200,
      apply: (body) => {
        voice.facts = withFacts(voice.facts, given);
        expectShown(name, voice, body as Details);
      },
    }),
  );

/** Is refused before it is known whether the voice is locked. A right field beside a wrong one changes nothing. */
const patchWrongly = (name: string, wrong: Readonly<Record<string, unknown>>): Command =>
  always(
    `patch ${JSON.stringify(wrong)} of`,
    name,
    (real) => real.partner.http.patch(voiceRoute(real, name), { language: 'de', ...wrong }),
    () => ({ status: 422 }),
  );

const searches: fc.Arbitrary<Search> = fc.record(
  {
    q: fc.constantFrom('n', 'ANN', 'bÖ', 'ö B', '\u672c', '.'),
    label: fc.constantFrom(['mood:calm'], ['mood:calm', 'project:a'], ['x.y:a:b, ü'], ['project:b']),
    status: fc.constantFrom('idle', 'in_progress', 'completed', 'failed'),
    sort: fc.constantFrom('name', 'created_at', 'updated_at'),
    order: fc.constantFrom('asc', 'desc'),
    limit: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);

/** Reads all pages of a search. In the order of `updated_at`, work in progress moves voices between pages: it has one. */
async function rowsOf({ partner }: RealTimbre, search: Search): Promise<readonly ListRow[]> {
  const { label = [], limit, ...others } = search;
  const query = new URLSearchParams(others);
  for (const each of label) query.append('label', each);
  if (limit !== undefined && search.sort !== 'updated_at') query.set('limit', String(limit));
  const rows: ListRow[] = [];
  for (let page: string | undefined = `?${query.toString()}`; page !== undefined;) {
    const answer: Answer<readonly ListRow[]> = await partner.http.get(`${partner.route()}${page}`);
    if (answer.status !== 200) differs('the status of a search', answer.status, 200);
    rows.push(...answer.body);
    page = /\?[^>]*(?=>; rel="next")/.exec(answer.headers.get('link') ?? '')?.[0];
  }
  return rows;
}

/** Compares what a search finds, in which order, and its rows. */
export async function expectFound(model: ContractModel, real: RealTimbre, search: Search): Promise<void> {
  const difference = searchDifference(model.voices, search, await rowsOf(real, search));
  if (difference) throw new Error(`the list with ${JSON.stringify(search)} differs: ${JSON.stringify(difference)}`);
}

const find = (search: Search): Command =>
  command(`search ${JSON.stringify(search)}`, (model, real) => expectFound(model, real, search));

/** Commands about what is known about voices, and about finding them by it. */
export const factCommands = (name: fc.Arbitrary<string>): readonly fc.Arbitrary<Command>[] => [
  fc.tuple(name, changedFacts).map(([voice, given]) => patch(voice, given)),
  fc.tuple(name, wrongFacts).map(([voice, wrong]) => patchWrongly(voice, wrong)),
  searches.map(find),
];
