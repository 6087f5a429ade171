import {
  embeddingZipKey,
  importedConsentKey,
  originalKey,
  sampleEmbeddingKey,
  sampleKey,
  testSampleKey,
  type GenerationId,
} from '#libs/storage';
import type { DocumentFile, VoiceDocument } from '../voice-document.js';

/** Returns the key under which a generation of an import stores each entry of the archive, all in its own folder. */
export function documentKeys(document: VoiceDocument, of: GenerationId): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const add = (file: DocumentFile | null | undefined, key: string): void => void (file && keys.set(file.entry, key));
  add(document.original?.file, originalKey(of));
  for (const { index, file } of document.samples) add(file, sampleKey(of, index));
  for (const [place, { run }] of document.embeddings.entries()) {
    if (run === null) continue;
    const ofRun = { ...of, run: place + 1 };
    add(run.archive, embeddingZipKey(ofRun));
    for (const { sample_index: sample, file } of run.embeddings) add(file, sampleEmbeddingKey(ofRun, sample));
    for (const { sample_index: sample, sentence_index: sentence, file } of run.test_samples) {
      add(file, testSampleKey(ofRun, sample, sentence));
    }
  }
  for (const [place, { file, recording }] of document.consents.entries()) {
    add(file, importedConsentKey(of, place + 1, 'file'));
    add(recording, importedConsentKey(of, place + 1, 'recording.opus'));
  }
  return keys;
}
