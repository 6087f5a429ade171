import { AppError } from '#libs/errors';

const rule = 'name must be 1 to 255 characters without control characters, / or \\, and neither . nor ..';
const forbidden = /[\p{Cc}\p{Cs}/\\]/u;

/** Could a voice have this name? */
export function isVoiceName(name: string): boolean {
  const length = [...name].length;
  return length >= 1 && length <= 255 && !forbidden.test(name) && name !== '.' && name !== '..' && name === name.trim();
}

/**
 * A voice's name as a person typed it, trimmed.
 *
 * @throws AppError `invalid_parameter` with the rule
 */
export function parseVoiceName(text: string): string {
  const name = text.trim();
  if (!isVoiceName(name)) throw AppError.field('name', rule);
  return name;
}
