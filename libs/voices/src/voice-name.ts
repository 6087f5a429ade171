import { AppError } from '#libs/errors';

const rule =
  'name must be 1 to 255 characters without control characters (bidirectional ones too), / or \\, and neither . nor ..';
/** Bidirectional controls (UAX #9) can make a name look like another one, or reverse the text around it. */
const forbidden = /[\p{Cc}\p{Cs}\p{Bidi_Control}/\\]/u;

/** Returns whether a voice could have this name. */
export function isVoiceName(name: string): boolean {
  const length = [...name].length;
  return length >= 1 && length <= 255 && !forbidden.test(name) && name !== '.' && name !== '..' && name === name.trim();
}

/** Returns a typed name, trimmed. @throws AppError `invalid_parameter` with the rule for names */
export function parseVoiceName(text: string): string {
  const name = text.trim();
  if (!isVoiceName(name)) throw AppError.field('name', rule);
  return name;
}
