import type { ProcessingStatus } from '#libs/database';
import { containsText } from './either-case.js';

/** What lists can be sorted by. */
export const voiceSorts = ['name', 'created_at', 'updated_at'] as const;
export type VoiceSort = (typeof voiceSorts)[number];

/** Which of a partner's voices a list has, and in which order. */
export interface VoiceSearch {
  /** Part of the name, in upper or lower case. */
  readonly text?: string;
  /** Labels that a voice must have, all of them: `key:value`. */
  readonly labels?: readonly string[];
  /** What the status of splitting or of embedding must be. */
  readonly status?: ProcessingStatus;
  readonly sort: VoiceSort;
  readonly isDescending?: boolean;
}

/** A page of a list. */
export interface VoicePage {
  /** The place of the last voice of the page before; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** A place in the order of times: microseconds since 1970, and the id of a voice. */
const placeInTime = /^(\d{1,16}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Returns whether a text could be the place of a voice in a list that is sorted so. */
export function isPlace(sort: VoiceSort, text: string): boolean {
  if (sort !== 'name') return Number(placeInTime.exec(text)?.[1] ?? Infinity) <= Number.MAX_SAFE_INTEGER;
  return text !== '' && !text.includes('\0'); // names are never empty, and Postgres cannot store NUL
}

/** Columns of `voices v` for a `VoiceSummary`. */
export const summaryColumns = `v.id, v.name, (v.upload_key IS NOT NULL OR v.original_key IS NOT NULL) AS "hasOriginal",
    v.original_duration_seconds AS "originalDurationSeconds", v.sample_count AS "sampleCount",
    v.splitting_status AS "splittingStatus", v.embedding_status AS "embeddingStatus",
    v.preferred_sample_index AS "preferredSampleIndex", v.language, v.labels,
    v.creator_name AS "creatorName", v.creator_email AS "creatorEmail",
    v.created_at AS "createdAt", v.updated_at AS "updatedAt"`;

/**
 * Returns the statement that reads a page of a partner's voices, each with its `place` in the list. Every order has an
 * index, so that a page costs the same wherever in the list it is.
 */
export function pageStatement(
  partnerId: string,
  search: VoiceSearch,
  page: VoicePage,
): { readonly sql: string; readonly values: readonly unknown[] } {
  const { text, labels = [], status, sort, isDescending = false } = search;
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`v.partner_id = ${bind(partnerId)}`];
  if (page.after !== null) conditions.push(after(page.after, sort, isDescending, bind));
  if (text !== undefined) {
    const { operator, pattern } = containsText(text);
    conditions.push(`v.name ${operator} ${bind(pattern)}`);
  }
  // The index of labels has only voices with labels.
  if (labels.length > 0) conditions.push(`v.labels <> '{}' AND v.labels @> ${bind(labels)}::text[]`);
  if (status !== undefined) {
    const wanted = bind(status);
    conditions.push(`(v.splitting_status = ${wanted} OR v.embedding_status = ${wanted})`);
  }
  const direction = isDescending ? 'DESC' : 'ASC';
  const order = sort === 'name' ? `v.name ${direction}` : `v.${sort} ${direction}, v.id ${direction}`;
  const sql = `SELECT ${summaryColumns}, ${placeColumn(sort)} AS place FROM voices v WHERE ${conditions.join(' AND ')}
    ORDER BY ${order} LIMIT ${bind(page.limit)}`;
  return { sql, values };
}

const placeColumn = (sort: VoiceSort): string =>
  sort === 'name' ? 'v.name' : `(extract(epoch FROM v.${sort}) * 1000000)::bigint || ' ' || v.id`;

function after(place: string, sort: VoiceSort, isDescending: boolean, bind: (value: unknown) => string): string {
  const sign = isDescending ? '<' : '>';
  if (sort === 'name') return `v.name ${sign} ${bind(place)}`;
  const [, microseconds, id] = placeInTime.exec(place) ?? [];
  const time = `timestamptz 'epoch' + ${bind(microseconds)}::bigint * interval '1 microsecond'`;
  return `(v.${sort}, v.id) ${sign} (${time}, ${bind(id)}::uuid)`;
}
