export { createStorage } from './create-storage.js';
export {
  analysisKey,
  embeddingZipKey,
  consentFileKey,
  consentRecordingKey,
  generationPrefix,
  importedConsentKey,
  inboxEmbeddingZipKey,
  inboxOutputKey,
  inboxPrefix,
  inboxSampleEmbeddingKey,
  inboxSpeechKey,
  inboxTestSampleKey,
  isEmbeddingZipKey,
  originalKey,
  ownerKey,
  parseObjectKey,
  sampleEmbeddingKey,
  sampleKey,
  speechKey,
  testSampleKey,
  uploadedSampleKey,
  uploadKey,
  voicePrefix,
  voicesPrefix,
  type GenerationId,
} from './keys/object-keys.js';
export { LocalStorage } from './local/local-storage.js';
export type { ByteRange, ObjectStorage, StorageState, StoredObject } from './object-storage.js';
export { fetchToScratch } from './scratch/fetch-to-scratch.js';
export { removeWork } from './scratch/remove-work.js';
export { scratchFailure, whileThere, writeToScratch } from './scratch/scratch-failure.js';
export { ScratchFolder } from './scratch/scratch-folder.js';
export { downloadName } from './signed-urls/signed-disposition.js';
export { DownloadUrls } from './signed-urls/download-urls.js';
export { signObjectToken, verifyObjectToken, type ObjectGrant, type PutGrant } from './signed-urls/object-token.js';
export { OBJECT_STORAGE, SIGNING_SECRETS, StorageModule } from './storage.module.js';
