import { asObject, parseJson } from './json-reading.js';

const longest = 300;

/**
 * Turns the `error` of a failed job into one line for a person. RunPod's workers put a JSON object with
 * `error_message` and a traceback there; the traceback is left out.
 */
export function readJobError(error: unknown): string | null {
  const fields = asObject(typeof error === 'string' ? parseJson(error) : error);
  const text = fields ? (fields.error_message ?? fields.message) : error;
  if (typeof text !== 'string') return null;
  // Control, format and line-separator characters would garble logs and answers.
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  if (line === '') return null;
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
