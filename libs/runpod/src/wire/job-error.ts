import { asObject, parseJson } from './json-reading.js';

const maxCharacters = 300;

/**
 * Returns the `error` of a failed job as one readable line. RunPod's workers send a JSON object with `error_message` and
 * a traceback, which is left out.
 */
export function readJobError(error: unknown): string | null {
  const fields = asObject(typeof error === 'string' ? parseJson(error) : error);
  return readMessage(fields ? (fields.error_message ?? fields.message) : error);
}

/** Returns a message of the GPU side as one readable line of up to 300 characters; null if there is none. */
export function readMessage(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  // Control, format and line-separator characters would garble logs and responses.
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  if (line === '') return null;
  const characters = [...line];
  return characters.length <= maxCharacters ? line : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
