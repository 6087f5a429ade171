/** A part of a version: a number, or a word such as `rc`. */
type Part = number | string;

/**
 * Compares the versions of an engine, as its handler reports them.
 *
 * Engines are free in what they report: `2`, `1.10.0`, `v3`, `2.0-rc1`, `2026-03-01`. So a version is read as a row of
 * numbers and words, which are compared one after the other from the left:
 *
 * - numbers by their value: `1.10` is newer than `1.9`; a missing number counts as 0: `2` equals `2.0`
 * - words by their letters, in lower case: `rc` is newer than `beta`
 * - a word is older than the end of the version or a number, as in SemVer: `2.0-rc1` is older than `2.0`
 * - a `v` in front, and everything from a `+` on (SemVer 2.0.0, section 10: build metadata), does not count
 *
 * @returns a negative number if `a` is older than `b`, 0 if neither is older
 */
export function compareEngineVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareParts(left[at] ?? 0, right[at] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

function partsOf(version: string): readonly Part[] {
  const [counted = ''] = version.trim().toLowerCase().split('+');
  const found = counted.replace(/^v(?=\d)/, '').match(/\d+|\p{L}+/gu) ?? [];
  return found.map((part) => (/^\d/.test(part) ? Number(part) : part));
}

function compareParts(a: Part, b: Part): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return 1;
  if (typeof b === 'number') return -1;
  return a < b ? -1 : Number(a > b);
}
