/** A label: a key and a value. Voices store it as `key:value`. */
type Pair = readonly [key: string, value: string];

const isPair = ([key, value]: Pair): boolean =>
  /^[a-z0-9_.-]{1,40}$/.test(key) && /^[^\p{Cc}\p{Cs}\p{Bidi_Control}]{1,100}$/u.test(value);

/** How many labels a voice may have. */
export const maxLabels = 20;

/** Returns labels as a voice stores them, ordered by key. null if they are too many, or one is no label. */
export function storedLabels(labels: ReadonlyMap<string, unknown>): string[] | null {
  const pairs = [...labels].map(([key, value]) => [key, typeof value === 'string' ? value : ''] as const);
  return pairs.length <= maxLabels && pairs.every(isPair) ? pairs.map((pair) => pair.join(':')).sort() : null;
}

/** Returns whether a text could be the label of a voice: `key:value`. */
export const isLabel = (text: string): boolean => isPair(pairOf(text));

/** Returns the pairs of stored labels. */
export const labelPairs = (stored: readonly string[]): readonly Pair[] => stored.map(pairOf);

/** The first colon ends the key, because a key has none. */
function pairOf(text: string): Pair {
  const [key = ''] = text.split(':', 1);
  return [key, text.slice(key.length + 1)];
}
