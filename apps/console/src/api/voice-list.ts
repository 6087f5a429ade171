import type { Schema } from '#libs/client';

type Voice = Schema<'VoiceSummary'>;

/** What the list of voices shows, and in which order. */
export interface VoiceFilters {
  /** A part of the name, in upper or lower case. The empty string is no filter. */
  readonly q: string;
  /** Labels as `key:value`. A voice must have them all. */
  readonly labels: readonly string[];
  readonly status: Schema<'ProcessingStatus'> | null;
  readonly sort: Schema<'VoiceSort'>;
  readonly order: Schema<'SortOrder'>;
}

/** One loaded page of the list. */
export interface VoicePage {
  readonly voices: readonly Voice[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
}

/** Returns whether a voice belongs into the list, by the rules of `GET /api/voices/{partner}`. */
export function matches(voice: Voice, { q, labels, status }: VoiceFilters): boolean {
  if (!voice.name.toLowerCase().includes(q.toLowerCase())) return false;
  if (status !== null && voice.splitting_status !== status && voice.embedding_status !== status) return false;
  return labels.every((label) => {
    const [key, value] = splitLabel(label);
    return Object.hasOwn(voice.labels, key) && voice.labels[key] === value;
  });
}

/** Splits `key:value`. The value may contain further colons. */
export function splitLabel(label: string): readonly [string, string] {
  const colon = label.indexOf(':');
  return [label.slice(0, colon), label.slice(colon + 1)];
}

/** Compares as Timbre does: names by code point, which differs from `<` beyond U+FFFF. */
function compare(left: Voice, right: Voice, { sort, order }: VoiceFilters): number {
  const sign = order === 'asc' ? 1 : -1;
  if (sort !== 'name') return sign * (Date.parse(left[sort]) - Date.parse(right[sort]));
  const ours = Array.from(left.name, codePoint);
  const theirs = Array.from(right.name, codePoint);
  const at = ours.findIndex((point, index) => point !== theirs[index]);
  if (at === -1) return sign * (ours.length - theirs.length);
  return sign * ((ours[at] ?? -1) - (theirs[at] ?? -1));
}

const codePoint = (character: string): number => character.codePointAt(0) ?? 0;

/**
 * Returns the loaded pages with a new or changed voice at its place. A voice beyond the last loaded row is left out while
 * another page follows, because that page will contain it. The place stays the same if the order does not depend on the
 * change.
 */
export function withVoice(pages: readonly VoicePage[], voice: Voice, filters: VoiceFilters): readonly VoicePage[] {
  const before = pages.flatMap(({ voices }) => voices).find(({ id }) => id === voice.id);
  if (!matches(voice, filters)) return before ? withoutVoice(pages, voice.id) : pages;
  if (before && compare(before, voice, filters) === 0) {
    return pages.map((page) =>
      page.voices.some(({ id }) => id === voice.id)
        ? { ...page, voices: page.voices.map((row) => (row.id === voice.id ? voice : row)) }
        : page,
    );
  }
  return inserted(before ? withoutVoice(pages, voice.id) : pages, voice, filters);
}

function inserted(pages: readonly VoicePage[], voice: Voice, filters: VoiceFilters): readonly VoicePage[] {
  const follows = (row: Voice): boolean => compare(row, voice, filters) > 0;
  const found = pages.findIndex(({ voices }) => voices.some(follows));
  const last = pages.length - 1;
  if (found === -1 && pages[last]?.next !== null) return pages;
  const place = found === -1 ? last : found;
  return pages.map((page, index) => {
    if (index !== place) return page;
    const at = page.voices.findIndex(follows);
    return { ...page, voices: page.voices.toSpliced(at === -1 ? page.voices.length : at, 0, voice) };
  });
}

/** Returns the loaded pages without a deleted voice. */
export function withoutVoice(pages: readonly VoicePage[], id: string): readonly VoicePage[] {
  return pages.map((page) =>
    page.voices.some((row) => row.id === id) ? { ...page, voices: page.voices.filter((row) => row.id !== id) } : page,
  );
}

/**
 * Returns the rows of all loaded pages. In the order of `updated_at` a voice that changes between two pages is in both; its
 * newer row is shown.
 */
export function rowsOf(pages: readonly VoicePage[]): readonly Voice[] {
  const newest = new Map<string, Voice>();
  for (const voice of pages.flatMap(({ voices }) => voices)) {
    newest.delete(voice.id);
    newest.set(voice.id, voice);
  }
  return [...newest.values()];
}

/** Returns the cursor in a `Link` header with `rel="next"`; null if there is none. */
export function nextCursor(link: string | null): string | null {
  const target = /<([^>]*)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return target === undefined ? null : new URL(target, 'http://timbre').searchParams.get('cursor');
}
