export { removeAgedOriginals } from './aged-originals.js';
export { measureVoiceFiles } from './file-sizes.js';
export { lacksConsent, refuseWithoutConsent, type ConsentRule } from './consent-rule.js';
export { completeImport, freeNames, startImport, takenNames, type ImportedColumns } from './imported-voice.js';
export {
  canonicalLanguage,
  defaultLanguage,
  languageCodeOf,
  languageCodes,
  languages,
  longestLanguageTag,
} from './languages.js';
export {
  markEmbeddingFailed,
  markEmbeddingRefused,
  markSplittingFailed,
  startEmbedding,
  startSplitting,
} from './processing.js';
export { uploadedName } from './recording-name.js';
export { changeAnyVoice, changeVoice } from './voice-change.js';
export {
  testSampleName,
  type AudibleVoice,
  type EmbeddedVoice,
  type EmbeddingInfo,
  type ListedVoice,
  type SampleInfo,
  type VoiceDetails,
  type VoiceRef,
  type VoiceSummary,
} from './voice-details.js';
export { staleReasonMeanings, type StaleReason } from './stale-reasons.js';
export { voiceInUrl } from './voice-in-url.js';
export { isLabel, labelPairs, maxLabels, storedLabels } from './voice-labels.js';
export { isVoiceName, parseVoiceName } from './voice-name.js';
export { deletePartnerVoices, deleteVoices, removeExpiredUploads } from './voice-removal.js';
export {
  applySplit,
  completeEmbedding,
  isSampleIndex,
  preferByScore,
  releaseSampleIndex,
  restoreEmbedding,
  setAnalysisTrack,
  takeSampleIndex,
  type NewOriginal,
} from './voice-rows.js';
export { isLocked } from './voice-status.js';
export { isPlace, voiceSorts, type VoicePage, type VoiceSearch, type VoiceSort } from './voice-search.js';
export type { VoiceUpdate } from './voice-update.js';
export { voiceWarningCodes, type VoiceWarning } from './voice-warning.js';
export {
  splitDefaults,
  VoicesService,
  type NewVoice,
  type RequestedSplit,
  type StoredRecording,
} from './voices.service.js';
export { VoicesModule } from './voices.module.js';
