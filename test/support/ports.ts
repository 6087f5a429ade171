export { freePort, isListening } from '../../apps/standalone/src/ports.js';
