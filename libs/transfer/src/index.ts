export { documentEntry } from './entry-names.js';
export { filesOf } from './document-files.js';
export { parseDocument } from './parse-document.js';
export { documentFormat, type VoiceDocument } from './voice-document.js';
