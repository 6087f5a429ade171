import type { VoiceSummary } from '#libs/voices';

/** Voices a page of the streamed list reads in one statement. */
export const pageRows = 500;

/** A short read of the voices behind a name. */
export type ReadPage = (page: { readonly after: string | null; readonly limit: number }) => Promise<VoiceSummary[]>;

/**
 * The JSON array of all voices, a page at a time: memory stays constant and nothing is held between pages.
 *
 * Keyset pages are stable: voices that come or go meanwhile never repeat or hide others.
 *
 * @param first the first page, read beforehand so that a failure can still be answered
 */
export async function* voiceListJson(first: readonly VoiceSummary[], readPage: ReadPage): AsyncGenerator<string> {
  let page = first;
  let separator = '[';
  for (;;) {
    const last = page.at(-1);
    if (last === undefined) break;
    yield separator + page.map((voice) => JSON.stringify(voice)).join(',');
    separator = ',';
    if (page.length < pageRows) break;
    page = await readPage({ after: last.name, limit: pageRows });
  }
  yield separator === '[' ? '[]' : ']';
}
