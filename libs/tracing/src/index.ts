export { currentTraceparent, inSpan, openSpan, type OpenSpan, type SpanOptions } from './spans.js';
export { startTracing, type Tracing, type TracingOptions } from './start-tracing.js';
