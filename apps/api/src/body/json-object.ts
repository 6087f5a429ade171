import { AppError } from '#libs/errors';
import { fieldsOf, noFields, type Fields } from './fields.js';

/**
 * Reads the fields of a JSON object; an empty text has none.
 *
 * @throws AppError `malformed_request` for what is no JSON or no object
 */
export function parseJsonObject(text: string): Fields {
  if (text.trim() === '') return noFields();
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw AppError.saying('malformed_request', 'The body must be a JSON object');
  }
  return fieldsOf(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw AppError.saying('malformed_request', 'The body is no valid JSON');
  }
}
