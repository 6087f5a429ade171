import type { FieldValue } from './fields.js';

/**
 * A whole number as forms and JSON write it: `15`, `"15"`, `"-3"`. Nothing else is one: no `1e3`, `0x10`, `15.0`, ` 15 `.
 *
 * @returns null for everything else, numbers beyond 2^53 included
 */
export function parseWholeNumber(value: FieldValue | undefined): number | null {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** An index in a URL, counted from 1; null when the text is none. */
export function parseIndex(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
