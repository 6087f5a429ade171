import { hash } from 'node:crypto';
import { fileField } from '../body/readable-parts.js';
import { ReceivedFile } from '../body/multipart.js';

/** Everything that makes a request the same request. */
export interface FingerprintedRequest {
  readonly method: string;
  /** With its parameters in place, for example `/api/voices/demo/a/split`. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Fields of the body in any of its forms, and its file. */
  readonly body: unknown;
}

/**
 * Returns the SHA-256 of a request. The order of fields and the boundary of a multipart body do not matter, because clients
 * choose a new boundary for each attempt.
 */
export function requestFingerprint({ method, path, query, body }: FingerprintedRequest): Buffer {
  const rest = Object.fromEntries(Object.entries(query).filter(([name]) => name !== 'api_key'));
  return hash('sha256', JSON.stringify([method, path, canonical(rest), canonical(body ?? {})]), 'buffer');
}

/** Sorts the names of objects, and replaces what JSON cannot hold. */
function canonical(value: unknown): unknown {
  if (value instanceof ReceivedFile) return [fileField, value.sha256, value.bytes, value.clientName];
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'symbol') return [value.toString()];
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, inner]) => [name, canonical(inner)]));
}
