import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** Finished spans wait this long for others to be sent with. */
const sendEveryMs = 1_000;
/** A collector that does not answer is not waited for any longer; its spans are dropped. */
const sendTimeoutMs = 3_000;

/** Has every span sent from now on. Loads the SDK, a sixth of all a worker loads: import it only where it is needed. */
export function sendSpans(service: string, endpoint: string): NodeTracerProvider {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: sendTimeoutMs });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': String(process.pid) }),
    spanProcessors: [
      new BatchSpanProcessor(exporter, { scheduledDelayMillis: sendEveryMs, exportTimeoutMillis: sendTimeoutMs }),
    ],
  });
  provider.register(); // W3C Trace Context, carried through async calls
  return provider;
}
