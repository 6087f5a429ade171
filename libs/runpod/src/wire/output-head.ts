import { asObject, parseJson, type JsonObject } from './json-reading.js';
import { right, wrong, type Reading } from './reading.js';

/** Maximum size of an output, as JSON (docs/gpu-contract.md). */
export const longestOutputBytes = 1024 * 1024;

/**
 * Reads what an output of any action starts with, and checks that it is of this job.
 *
 * @param raw any parsed value or JSON text
 */
export function readHead(
  raw: unknown,
  { jobId, ttsType }: { readonly jobId: string; readonly ttsType: string },
): Reading<{ readonly fields: JsonObject; readonly version: 1 | 2 }> {
  const text = typeof raw === 'string' ? raw : toJson(raw);
  if (Buffer.byteLength(text) > longestOutputBytes) return wrong('a result that is larger than 1 MiB');
  const fields = asObject(parseJson(text));
  if (!fields) return wrong('a result that is no JSON object');
  const { version } = fields;
  if (version !== 1 && version !== 2) return wrong('a result of another version than 1 and 2');
  if (fields.job !== jobId) return wrong('the result of another job');
  if (fields.tts_type !== ttsType) return wrong('a result for another tts type');
  return right({ fields, version });
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
