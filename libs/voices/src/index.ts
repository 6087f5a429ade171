export { Processing, type ProcessingFailure } from './processing.js';
export { originalFilename, uploadedName } from './recording-name.js';
export { removeTestSamples } from './test-files.js';
export { changeVoice } from './voice-change.js';
export {
  contractSeconds,
  contractTime,
  sourceTimestamp,
  testSampleFilename,
  type EmbeddingInfo,
  type SampleDetails,
  type VoiceDetails,
  type VoiceSummary,
} from './voice-details.js';
export { isVoiceName, parseVoiceName } from './voice-name.js';
export { isLocked, moveStatus, statusTransitions } from './voice-status.js';
export { type VoiceRef } from './voices.repository.js';
export { mergeWarnings, voiceWarningCodes, type VoiceWarning, type VoiceWarningCode } from './voice-warning.js';
export { splitDefaults, VoicesService, type NewVoice, type StoredRecording } from './voices.service.js';
export { VoicesModule } from './voices.module.js';
