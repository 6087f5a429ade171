export { waitUntil as waitFor, type WaitOptions } from '../../apps/standalone/src/wait-until.js';
