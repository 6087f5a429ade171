import type { VoicePage } from '#libs/voices';

/** How many voices one statement of a streamed list reads. */
export const pageRows = 500;

/** Reads a page of a list of voices. */
export type ReadPage<Row> = (page: VoicePage) => Promise<readonly Row[]>;

/**
 * Writes the JSON array of a whole list, one page at a time. Memory stays constant, and no transaction stays open.
 *
 * Keyset pages are stable: voices that are created or deleted meanwhile neither repeat nor hide others.
 *
 * @param first the first page, which is read before the answer starts so that its failure can still be answered
 * @param dto returns a row as answers have it
 */
export async function* voiceListJson<Row extends { readonly place: string }>(
  first: readonly Row[],
  readPage: ReadPage<Row>,
  dto: (row: Row) => object,
): AsyncGenerator<string> {
  let page = first;
  let separator = '[';
  for (;;) {
    const last = page.at(-1);
    if (last === undefined) break;
    yield separator + page.map((row) => JSON.stringify(dto(row))).join(',');
    separator = ',';
    if (page.length < pageRows) break;
    page = await readPage({ after: last.place, limit: pageRows });
  }
  yield separator === '[' ? '[]' : ']';
}
