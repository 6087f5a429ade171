/** Longer names are never typing errors: no field of ours is half as long. */
const longestName = 64;

/**
 * Returns the known field that an unknown name was probably meant to be; null when it resembles none.
 *
 * Case, separators and brackets do not count (`maxSamples`, `max-samples` and `max_samples[]` are near misses of
 * `max_samples`). Otherwise one typing error is allowed, and two in names of 8 letters and more. Short names are words
 * that others resemble by chance (`name` and `game`): there the first letter must be right.
 *
 * @param known fields that are legal on the route; none of them is a near miss of another
 */
export function nearMiss(name: string, known: readonly string[]): string | null {
  if (known.includes(name) || name.length > longestName) return null;
  const folded = fold(name);
  let best: { readonly field: string; readonly typos: number } | null = null;
  for (const field of known) {
    const typos = countTypos(folded, fold(field));
    if (typos < (best?.typos ?? Infinity)) best = { field, typos };
  }
  return best?.field ?? null;
}

const fold = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** @returns Infinity when there are more than a typing error explains */
function countTypos(given: string, field: string): number {
  const allowed = field.length < 8 ? 1 : 2;
  if (Math.abs(given.length - field.length) > allowed) return Infinity;
  if (field.length < 5 && given[0] !== field[0]) return Infinity;
  const typos = distance(given, field);
  return typos <= allowed ? typos : Infinity;
}

/**
 * Counts the insertions, deletions, substitutions and swaps of neighbours between two texts (Damerau–Levenshtein in its
 * restricted form, "optimal string alignment").
 */
function distance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  const cost = (row: readonly number[], at: number): number => row[at] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = cost(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cost(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(cost(last, j) + 1, cost(row, j - 1) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return cost(last, b.length);
}
