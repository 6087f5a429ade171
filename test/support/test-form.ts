import { describe, it } from '@jest/globals';

/** CI also runs the long form: every row of the tests that use this, and their properties more often (.ci/run). */
const isLongForm = process.env['TEST_FORM'] === 'long';

/** A `describe` and an `it` of what only the long form runs. The short form reports them as skipped. */
export const longDescribe = (...of: Parameters<typeof describe>): void =>
  (isLongForm ? describe : describe.skip)(...of);
export const longIt = (...of: Parameters<typeof it>): void => (isLongForm ? it : it.skip)(...of);

/** Values of properties and loops: returns the one of the form that runs. */
export const pickOfForm = <T>(short: T, long: T): T => (isLongForm ? long : short);

/** Returns all rows in the long form; otherwise those with the given names, which stand for the others. */
export function rowsOfForm<Row extends readonly [name: string, ...rest: unknown[]]>(
  rows: readonly Row[],
  short: readonly string[],
): readonly Row[] {
  const kept = isLongForm ? rows : rows.filter(([name]) => short.includes(name));
  if (!isLongForm && kept.length !== short.length) throw new Error(`No rows for ${short.join(', ')}`);
  return kept;
}
