/** What a key does in the list of samples and on the waveform. */
export type SampleKey =
  | { readonly do: 'toggle' }
  | { readonly do: 'prefer' }
  | { readonly do: 'hear'; readonly index: number };

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/**
 * Decides what a key does: space plays and pauses, arrows move and play, 1 to 9 play the sample with that number, Home and
 * End the first and the last, Enter and p prefer.
 *
 * @param indexes samples in the order that they are listed
 * @param current the sample that the focus is on
 * @returns undefined for keys of the browser and of other things
 */
export function sampleKey(
  { key, ctrlKey, altKey, metaKey }: Pressed,
  indexes: readonly number[],
  current: number | undefined,
): SampleKey | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  if (key === ' ') return { do: 'toggle' };
  if (key === 'Enter' || key === 'p') return { do: 'prefer' };
  const index = /^[1-9]$/.test(key) ? indexes.find((number) => number === Number(key)) : moved(key, indexes, current);
  return index === undefined ? undefined : { do: 'hear', index };
}

function moved(key: string, indexes: readonly number[], current: number | undefined): number | undefined {
  const at = current === undefined ? -1 : indexes.indexOf(current);
  switch (key) {
    case 'ArrowDown':
      return indexes[Math.min(indexes.length - 1, at + 1)];
    case 'ArrowUp':
      return indexes[Math.max(0, at - 1)];
    case 'Home':
      return indexes[0];
    case 'End':
      return indexes.at(-1);
    default:
      return undefined;
  }
}
