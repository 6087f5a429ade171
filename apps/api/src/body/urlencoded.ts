import { AppError } from '#libs/errors';
import { noFields, severalValues, type Fields } from './fields.js';

/**
 * Reads `application/x-www-form-urlencoded` (WHATWG URL Standard §5.1), but strictly: what is no percent-encoded UTF-8
 * is refused instead of guessed at.
 *
 * @throws AppError `malformed_request`
 */
export function parseUrlencoded(text: string): Fields {
  const fields = noFields();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    fields[name] = name in fields ? severalValues : decode(at === -1 ? '' : pair.slice(at + 1));
  }
  return fields;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw AppError.saying('malformed_request', 'The body is no valid URL encoding');
  }
}
