export { currentTraceparent, inSpan, openSpan, type OpenSpan } from './spans.js';
export { startTracing } from './start-tracing.js';
