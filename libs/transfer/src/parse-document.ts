import { documentEntry } from './entry-names.js';
import { filesOf } from './document-files.js';
import { Mismatch } from './strict-json.js';
import {
  documentFormat,
  maxArchiveFiles,
  voiceDocument,
  type DocumentRun,
  type VoiceDocument,
} from './voice-document.js';

/** The largest `voice.json` that is read. With all samples and test samples that a voice may have it has about 3 MB. */
export const maxDocumentBytes = 16 * 1024 ** 2;

/**
 * Parses an untrusted `voice.json`: its JSON, the rule of each field, and what fields say about each other. Every file that
 * it names has the name that an export gives it, and no name is there twice.
 *
 * @throws Mismatch with a sentence for people
 */
export function parseDocument(bytes: Buffer): VoiceDocument {
  const value = parsedJson(bytes);
  const { format } = Object(value) as { readonly format?: unknown };
  if (typeof format === 'number' && format !== documentFormat) {
    throw new Mismatch(documentEntry, `has a format that this Timbre does not read: only ${documentFormat}`);
  }
  const document = voiceDocument(value, documentEntry);
  refuseContradictions(document);
  return document;
}

function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Mismatch(documentEntry, 'is not JSON in UTF-8');
  }
}

function refuseContradictions(document: VoiceDocument): void {
  const { samples, preferred_sample: preferred, status, errors, embeddings } = document;
  const known = new Set(samples.map(({ index }) => index));
  const refuse = (isWrong: boolean, at: string, problem: string): void => {
    if (isWrong) throw new Mismatch(`${documentEntry}.${at}`, problem);
  };
  refuse(document.next_sample_index <= (samples.at(-1)?.index ?? 0), 'next_sample_index', 'must be above all samples');
  refuse(preferred !== null && !known.has(preferred.index), 'preferred_sample', 'must be one of the samples');
  for (const kind of ['splitting', 'embedding'] as const) {
    const isWrong = status[kind] !== 'failed' && errors[kind] !== null;
    refuse(isWrong, `errors.${kind}`, 'must be null, because it has not failed');
  }
  for (const [at, { file, recording, method }] of document.consents.entries()) {
    const isBare = recording !== null && (file === null || method !== 'recorded');
    refuse(isBare, `consents[${at}].recording`, 'must belong to the file of a recorded consent');
  }
  for (const [at, { run, last_update_status: outcome, shows_results: isShown }] of embeddings.entries()) {
    const isMissing = run === null && (outcome === 'success' || isShown);
    refuse(isMissing, `embeddings[${at}].run`, 'must be there, because it has succeeded');
    refuse(
      run !== null && !hasOneForm(run),
      `embeddings[${at}].run`,
      'must have embeddings or an archive, and not both',
    );
  }
  refuseOtherNames(document);
}

const hasOneForm = ({ archive, embeddings }: DocumentRun): boolean => (archive === null) !== (embeddings.length === 0);

function refuseOtherNames(document: VoiceDocument): void {
  const files = filesOf(document);
  if (files.length > maxArchiveFiles) throw new Mismatch(documentEntry, `names more than ${maxArchiveFiles} files`);
  const other = files.find(({ file, entry }) => file.entry !== entry);
  if (other) throw new Mismatch(`${documentEntry}.${other.at}.entry`, `must be ${other.entry}`);
}
