import type { VoiceModel } from './model.js';
import type { Details } from './voices.js';

/** A search of the list. */
export interface Search {
  readonly q?: string;
  readonly label?: readonly string[];
  readonly status?: string;
  readonly sort?: 'name' | 'created_at' | 'updated_at';
  readonly order?: 'asc' | 'desc';
  /** Voices of a page; without it there is one page. */
  readonly limit?: number;
}

/** A row of the list. */
export interface ListRow extends Pick<
  Details,
  'id' | 'name' | 'language' | 'labels' | 'creator_name' | 'creator_email'
> {
  readonly has_original: boolean;
  readonly sample_count: number;
  readonly splitting_status: string;
  readonly embedding_status: string;
  readonly preferred_sample_index: number | null;
  readonly created_at: string;
  readonly updated_at: string;
}

type Named = readonly [name: string, voice: VoiceModel];

/** Returns how the rows of a search differ from the model; null if they do not. */
export function searchDifference(
  voices: ReadonlyMap<string, VoiceModel>,
  search: Search,
  rows: readonly ListRow[],
): object | null {
  const seen = rows.map(({ name }) => name);
  const wanted = [...voices].filter((named) => isFound(named, search) ?? seen.includes(named[0]));
  const names = inOrder(wanted, rows, search).map(([name]) => name);
  if (JSON.stringify(seen) !== JSON.stringify(names)) return { seen, wanted: names };
  for (const row of rows) {
    const voice = voices.get(row.name)!;
    const isBusy = voice.pending !== null;
    if (
      isBusy &&
      search.status !== undefined &&
      ![row.splitting_status, row.embedding_status].includes(search.status)
    ) {
      return { seen: row, wanted: search };
    }
    const expected = rowOf(row.name, voice);
    if (!isBusy && JSON.stringify(shown(row)) !== JSON.stringify(expected)) return { seen: row, wanted: expected };
  }
  return null;
}

/** Returns whether a search finds a voice. null if work in progress decides. */
function isFound([name, voice]: Named, { q = '', label = [], status }: Search): boolean | null {
  const labels = Object.entries(voice.facts.labels).map((pair) => pair.join(':'));
  if (!name.toLowerCase().includes(q.toLowerCase()) || !label.every((each) => labels.includes(each))) return false;
  if (status === undefined) return true;
  if (voice.pending !== null) return null;
  return voice.splitting.status === status || voice.embedding.status === status;
}

/** Work in progress changes `updated_at`, in whole seconds. So voices are in the order of what their rows say. */
function inOrder(
  found: readonly Named[],
  rows: readonly ListRow[],
  { sort = 'name', order }: Search,
): readonly Named[] {
  const place = new Map(rows.map(({ name }, at) => [name, at]));
  const updated = ([name]: Named): string => rows[place.get(name) ?? -1]?.updated_at ?? '';
  const bySort = {
    name: ([a]: Named, [b]: Named) => Buffer.compare(Buffer.from(a), Buffer.from(b)),
    created_at: ([, a]: Named, [, b]: Named) => a.birth - b.birth,
    updated_at: (a: Named, b: Named) => updated(a).localeCompare(updated(b)),
  }[sort];
  const sign = order === 'desc' ? -1 : 1;
  // What is equal to the second stays as it is seen.
  const asSeen = found.toSorted(([a], [b]) => (place.get(a) ?? -1) - (place.get(b) ?? -1));
  return asSeen.toSorted((a, b) => sign * bySort(a, b));
}

/** Returns the fields of a row that the model predicts. */
const shown = (row: Omit<ListRow, 'created_at' | 'updated_at'>): object => ({
  id: row.id,
  name: row.name,
  has_original: row.has_original,
  sample_count: row.sample_count,
  splitting_status: row.splitting_status,
  embedding_status: row.embedding_status,
  preferred_sample_index: row.preferred_sample_index,
  language: row.language,
  labels: row.labels,
  creator_name: row.creator_name,
  creator_email: row.creator_email,
});

const rowOf = (name: string, voice: VoiceModel): object =>
  shown({
    ...voice.facts,
    id: voice.id,
    name,
    has_original: voice.recordingSeconds !== null,
    sample_count: voice.samples.length,
    splitting_status: voice.splitting.status,
    embedding_status: voice.embedding.status,
    preferred_sample_index: voice.preferred?.index ?? null,
  });
