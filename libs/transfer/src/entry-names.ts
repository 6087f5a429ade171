/**
 * The names of files in the archive of a voice. All are made here: an archive with any other name is refused, so that no name
 * of a client ever becomes a path.
 */

export const documentEntry = 'voice.json';

export const originalEntry = 'original.opus';

export const sampleEntry = (index: number): string => `samples/${padded(index, 4)}.opus`;

export const sampleEmbeddingEntry = (ttsType: string, sampleIndex: number): string =>
  `embeddings/${ttsType}/${padded(sampleIndex, 4)}.safetensors`;

/** The embedding of a run that has one file for all samples. */
export const embeddingArchiveEntry = (ttsType: string): string => `embeddings/${ttsType}/embedding.zip`;

export const testSampleEntry = (ttsType: string, sampleIndex: number, sentenceIndex: number): string =>
  `test-samples/${ttsType}/${padded(sampleIndex, 4)}_${sentenceIndex}.opus`;

/** @param number of the consent in the list, from 1 @param fileName as the client has named the proof */
export function consentFileEntry(number: number, fileName: string): string {
  const [, extension = ''] = /(\.[a-z0-9]{1,8})$/.exec(fileName.toLowerCase()) ?? [];
  return `consents/${padded(number, 3)}/file${extension}`;
}

export const consentRecordingEntry = (number: number): string => `consents/${padded(number, 3)}/recording.opus`;

/** Lists of files are then in order of their numbers, as long as these are short enough. */
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');
