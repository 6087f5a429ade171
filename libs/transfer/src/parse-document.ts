import { refuseContradictions, refuseFuture } from './contradictions.js';
import { documentEntry } from './entry-names.js';
import { refuseBombs } from './refuse-bombs.js';
import { Mismatch } from './strict-json.js';
import { documentFormat, voiceDocument, type VoiceDocument } from './voice-document.js';

/** The largest `voice.json` that is read. A run of 500 samples with five test samples each takes 1.2 MB of it. */
export const maxDocumentBytes = 8 * 1024 ** 2;

/**
 * Parses an untrusted `voice.json`: its JSON, the rule of each field, and what fields say about each other. Every file that
 * it names has the name that an export gives it, and no name is there twice.
 *
 * @param now milliseconds since the epoch. The clock of this process will do: a day more is allowed
 * @throws Mismatch with a sentence for people
 */
export function parseDocument(bytes: Buffer, now: number = Date.now()): VoiceDocument {
  refuseBombs(bytes);
  const value = parsedJson(bytes);
  const { format } = Object(value) as { readonly format?: unknown };
  if (typeof format === 'number' && format !== documentFormat) {
    throw new Mismatch(documentEntry, `has a format that this Timbre does not read: only ${documentFormat}`);
  }
  const document = voiceDocument(value, documentEntry);
  refuseContradictions(document);
  refuseFuture(document, now);
  return document;
}

function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Mismatch(documentEntry, 'is not JSON in UTF-8');
  }
}
