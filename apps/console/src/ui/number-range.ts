export interface NumberRange {
  readonly minValue: number;
  readonly maxValue: number;
}

/** Returns the number that a text is: NaN if it is empty, undefined if it is no whole number of the range. */
export function numberIn(typed: string, { minValue, maxValue }: NumberRange): number | undefined {
  const trimmed = typed.trim();
  if (trimmed === '') return Number.NaN;
  const number = Number(trimmed);
  return Number.isInteger(number) && number >= minValue && number <= maxValue ? number : undefined;
}

/** Returns the number of the range that is closest to a text; NaN if it is no number at all. */
export function clamped(typed: string, { minValue, maxValue }: NumberRange): number {
  return Math.min(maxValue, Math.max(minValue, Math.round(Number(typed))));
}
