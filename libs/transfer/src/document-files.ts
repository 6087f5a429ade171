import {
  consentFileEntry,
  consentRecordingEntry,
  embeddingArchiveEntry,
  originalEntry,
  sampleEmbeddingEntry,
  sampleEntry,
  testSampleEntry,
} from './entry-names.js';
import type { DocumentConsent, DocumentEmbedding, DocumentFile, VoiceDocument } from './voice-document.js';

/** What a file of an archive is. Each file is Ogg Opus, but embeddings, which are the engine's, and proofs of consents. */
export type FileKind =
  | 'original'
  | 'sample'
  | 'sample_embedding'
  | 'embedding_archive'
  | 'test_sample'
  | 'consent_file'
  | 'consent_recording';

/** A file that `voice.json` names. */
export interface NamedFile {
  readonly kind: FileKind;
  /** Where `voice.json` names it, like `samples[2].file`. */
  readonly at: string;
  /** The name that it must have in the archive. */
  readonly entry: string;
  readonly file: DocumentFile;
}

/** Returns all files of an archive but `voice.json`, in the order in which an export has them. */
export function filesOf(document: VoiceDocument): readonly NamedFile[] {
  const { original, samples, embeddings, consents } = document;
  return [
    ...named('original', 'original.file', originalEntry, original?.file),
    ...samples.flatMap(({ index, file }, at) => named('sample', `samples[${at}].file`, sampleEntry(index), file)),
    ...embeddings.flatMap(ofEmbedding),
    ...consents.flatMap(ofConsent),
  ];
}

function ofEmbedding({ tts_type: ttsType, run }: DocumentEmbedding, place: number): readonly NamedFile[] {
  if (run === null) return [];
  const ofRun = `embeddings[${place}].run`;
  return [
    ...run.embeddings.flatMap(({ sample_index: sample, file }, at) =>
      named('sample_embedding', `${ofRun}.embeddings[${at}].file`, sampleEmbeddingEntry(ttsType, sample), file),
    ),
    ...named('embedding_archive', `${ofRun}.archive`, embeddingArchiveEntry(ttsType), run.archive),
    ...run.test_samples.flatMap(({ sample_index: sample, sentence_index: sentence, file }, at) =>
      named('test_sample', `${ofRun}.test_samples[${at}].file`, testSampleEntry(ttsType, sample, sentence), file),
    ),
  ];
}

function ofConsent({ file, recording }: DocumentConsent, place: number): readonly NamedFile[] {
  const [at, number] = [`consents[${place}]`, place + 1];
  return [
    ...named('consent_file', `${at}.file`, consentFileEntry(number, file?.name ?? ''), file),
    ...named('consent_recording', `${at}.recording`, consentRecordingEntry(number), recording),
  ];
}

const named = (
  kind: FileKind,
  at: string,
  entry: string,
  file: DocumentFile | null | undefined,
): readonly NamedFile[] => (file ? [{ kind, at, entry, file }] : []);
