export { downloadName } from './attachment-disposition.js';
export { createStorage } from './create-storage.js';
export { DownloadUrls } from './download-urls.js';
export { LocalStorage, type LocalStorageOptions } from './local-storage.js';
export { isObjectKey } from './object-key-check.js';
export {
  embeddingZipKey,
  generationPrefix,
  inboxEmbeddingZipKey,
  inboxOutputKey,
  inboxPrefix,
  inboxTestSampleKey,
  originalKey,
  ownerKey,
  sampleKey,
  testSampleKey,
  uploadedSampleKey,
  uploadKey,
  voicePrefix,
  type GenerationId,
} from './object-keys.js';
export type {
  ByteRange,
  CopyResult,
  ListedObject,
  ObjectStorage,
  PutFileOptions,
  PutOptions,
  SignGetOptions,
  SignPutOptions,
  StoredFile,
  StoredObject,
} from './object-storage.js';
export { signObjectToken, verifyObjectToken, type GetGrant, type ObjectGrant, type PutGrant } from './object-token.js';
export type { SigningOptions } from './object-urls.js';
export { parseObjectKey, type ParsedObjectKey } from './parse-object-key.js';
export { OBJECT_STORAGE, SIGNING_SECRETS, StorageModule, type StorageModuleOptions } from './storage.module.js';
export { ScratchFolder } from './scratch-folder.js';
export { eraseVoiceObjects, keepReplacedSeconds, keepUsedUpSeconds, removeObjects } from './removals.js';
