import { AppError, sizeText } from '#libs/errors';

/** Marks an object or a list that holds other things than scalars. Every validator rejects it. */
export const nested = Symbol('nested');

type Scalar = string | number | boolean | null;

/**
 * A repeated field of a form is a list, like an array in JSON. Only the validators of lists accept one. An object of JSON
 * is a map, so that any key is safe. Only the validator of labels accepts one.
 */
export type FieldValue = Scalar | readonly Scalar[] | ReadonlyMap<string, Scalar> | typeof nested;

/** The fields of a body in any of the three forms. The object has no prototype, so any name is safe as a key. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** The largest text field or text body. Forms need far less; longer content belongs in files. */
export const maxTextBytes = 64 * 1024;

/** Fields of JSON, whose values have types. Those of forms and queries are text. */
const typed = new WeakSet<object>();

/** Whether fields come from JSON: a number in text is then no number. */
export const isTyped = (fields: object): boolean => typed.has(fields);

export function noFields(): Record<string, FieldValue> {
  return Object.create(null) as Record<string, FieldValue>;
}

/** Turns a parsed object into fields. What is neither a scalar nor a list or an object of scalars becomes {@link nested}. */
export function fieldsOf(parsed: object): Fields {
  const fields = noFields();
  for (const [name, value] of Object.entries(parsed) as [string, unknown][]) {
    if (value !== undefined) fields[name] = fieldOf(value);
  }
  return fields;
}

function fieldOf(value: unknown): FieldValue {
  if (isScalar(value) || isListOfScalars(value)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return nested;
  const entries = Object.entries(value) as [string, unknown][];
  return entries.every((entry): entry is [string, Scalar] => isScalar(entry[1])) ? new Map(entries) : nested;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isListOfScalars(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value) && Array.from<unknown>(value).every(isScalar); // `every` alone passes over the holes of `a[2]`
}

/**
 * Reads a small text body to its end.
 *
 * @throws AppError `too_large` | `malformed_request` if the text is not UTF-8, or the stream's own error
 */
export async function readSmallText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxTextBytes) throw AppError.saying('too_large', `The body may have at most ${sizeText(maxTextBytes)}`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw AppError.saying('malformed_request', 'The body is no valid UTF-8');
  }
}

/**
 * Parses `application/json`. Blank text has no fields.
 *
 * @throws AppError `malformed_request` if the text is not a JSON object
 */
export function parseJsonObject(text: string): Fields {
  if (text.trim() === '') return noFields();
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw AppError.saying('malformed_request', 'The body must be a JSON object');
  }
  const fields = fieldsOf(value);
  typed.add(fields);
  return fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw AppError.saying('malformed_request', 'The body is no valid JSON');
  }
}

/**
 * Parses `application/x-www-form-urlencoded` (WHATWG URL Standard §5.1). Stricter than the standard: text that is not
 * percent-encoded UTF-8 is rejected instead of replaced.
 *
 * @throws AppError `malformed_request`
 */
export function parseUrlencoded(text: string): Fields {
  const values = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = percentDecode(at === -1 ? pair : pair.slice(0, at));
    const value = percentDecode(at === -1 ? '' : pair.slice(at + 1));
    const earlier = values.get(name);
    if (earlier) earlier.push(value);
    else values.set(name, [value]);
  }
  const fields = noFields();
  for (const [name, given] of values) fields[name] = given.length === 1 ? (given[0] ?? '') : given;
  return fields;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw AppError.saying('malformed_request', 'The body is no valid URL encoding');
  }
}
