import { AppError } from '#libs/errors';

/** Creates the 422 for an archive that cannot be imported. @param sentence for the client, without a full stop */
export function invalidArchive(sentence: string, cause?: unknown): AppError {
  return AppError.saying('invalid_archive', sentence, cause === undefined ? {} : { cause });
}

const shownCharacters = 100;

/** Returns the name of an entry for a sentence. Names are bytes that a stranger chose. */
export function shownName(name: string): string {
  const shown = name.length > shownCharacters ? `${name.slice(0, shownCharacters)}…` : name;
  return /^[A-Za-z0-9._/-]+$/.test(shown) ? shown : JSON.stringify(shown);
}
