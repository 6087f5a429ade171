export { connect, type Connection, type Timbre } from './connect.js';
export { ApiFailure, unwrap } from './api-failure.js';
export { followEvents, type StreamEvent } from './event-stream.js';
export { isBusy } from './voice-state.js';
export type { Schema } from './schema.js';
