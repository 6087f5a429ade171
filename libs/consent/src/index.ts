export { ConsentModule } from './consent.module.js';
export { recordedConsents, recordSimilarities, type RecordedConsent } from './consent-recordings.js';
export {
  ConsentsService,
  maxConsentsPerVoice,
  revokeConsent,
  type ConsentInfo,
  type NewConsent,
} from './consents.service.js';
export { insertImportedConsents, type ImportedConsent } from './imported-consents.js';
