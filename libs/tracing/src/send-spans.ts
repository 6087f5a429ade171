import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** How long ended spans are collected into a batch. */
const sendEveryMs = 1_000;
/** Spans are dropped when the collector does not answer within this time. */
const sendTimeoutMs = 3_000;

/** Exports all spans from now on. Import this file only if needed: the SDK is a sixth of all the code a worker loads. */
export function sendSpans(service: string, endpoint: string): NodeTracerProvider {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: sendTimeoutMs });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': String(process.pid) }),
    spanProcessors: [
      new BatchSpanProcessor(exporter, { scheduledDelayMillis: sendEveryMs, exportTimeoutMillis: sendTimeoutMs }),
    ],
  });
  provider.register(); // W3C Trace Context, propagated through async calls
  return provider;
}
