import type { Body } from '../../support/http.js';

/** Fields of a body. A list is repeated in a form. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/** Returns the fields of a form. It repeats a field for each value of a list. */
const pairsOf = (fields: FormFields): [string, string][] =>
  Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));

/** Returns a value as JSON has it. Forms have text for numbers, flags and objects, and an empty field for null. */
function typedValue(value: string | readonly string[]): unknown {
  if (typeof value !== 'string') return value;
  if (value === '') return null;
  return /^(?:\d+|true|false|\{.*\})$/.test(value) ? JSON.parse(value) : value;
}

/** The three body formats that every route with fields accepts. */
export const bodyForms: readonly (readonly [form: string, of: (fields: FormFields) => Body])[] = [
  ['multipart', (fields) => pairsOf(fields).reduce((form, [k, v]) => (form.append(k, v), form), new FormData())],
  ['urlencoded', (fields) => new URLSearchParams(pairsOf(fields))],
  ['JSON', (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typedValue(value)]))],
];
