/** Result of validating an untrusted value: the value, or one sentence that says what is wrong with it. */
export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export const right = <T>(value: T): Reading<T> => ({ ok: true, value });

/** @param returned completes "The embedding service returned …" */
export const wrong = (returned: string): Reading<never> => ({
  ok: false,
  problem: `The embedding service returned ${returned}`,
});

/** Validates every item of a list, up to the first that is wrong. */
export function readEach<T>(value: unknown, name: string, read: (item: unknown) => Reading<T>): Reading<readonly T[]> {
  if (!Array.isArray(value)) return wrong(`a result without a list of ${name}`);
  const values: T[] = [];
  for (const item of value as readonly unknown[]) {
    const reading = read(item);
    if (!reading.ok) return reading;
    values.push(reading.value);
  }
  return right(values);
}
