/**
 * A place in the order in which transactions are committed: a reader that stands there has every event of the transactions
 * before `tx`, and may have some of later ones.
 *
 * Ids cannot say this. A transaction takes the id of its event long before it commits, and another one that took a later id
 * may commit first. `tx` is the oldest transaction that was still running when the reader read (`pg_snapshot_xmin`,
 * postgresql.org/docs/current/functions-info.html), so what the reader could not see yet belongs to it or to a later one.
 */
export interface Position {
  readonly tx: string;
  /** When the reader read, in seconds since the epoch by Postgres' clock. */
  readonly seconds: number;
}

/** Returns a position as clients keep it (`Last-Event-ID`). */
export const positionText = ({ tx, seconds }: Position): string => `${tx}-${seconds}`;

/** Returns the position in a text; null if the text has none. */
export function parsePosition(text: string): Position | null {
  const [, tx, seconds] = /^(\d{1,18})-(\d{1,12})$/.exec(text) ?? [];
  return tx === undefined || seconds === undefined ? null : { tx, seconds: Number(seconds) };
}
