import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

export interface TracingOptions {
  readonly app: 'api' | 'worker';
  /** Of the collector, without a path: `http://collector:4318`; undefined: no traces. */
  readonly endpoint: string | undefined;
  /** Told when spans cannot be sent, at most once a minute. */
  readonly onTrouble: (message: string) => void;
}

export interface Tracing {
  /** Sends what is kept back and ends; never throws: nobody's work fails because a collector does not answer. */
  stop(): Promise<void>;
}

/** Finished spans wait this long for others to be sent with. */
const sendEveryMs = 1_000;
/** A collector that does not answer is not waited for any longer; its spans are dropped. */
const sendTimeoutMs = 3_000;

/**
 * Starts sending traces to a collector, as OTLP in JSON over HTTP (opentelemetry.io/docs/specs/otlp). Without an endpoint
 * nothing is made, and every span of this lib costs next to nothing.
 *
 * The SDK itself reads the standard variables of OpenTelemetry beside the endpoint: OTEL_EXPORTER_OTLP_HEADERS,
 * OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG.
 */
export function startTracing({ app, endpoint, onTrouble }: TracingOptions): Tracing {
  if (endpoint === undefined) return { stop: () => Promise.resolve() };
  const tell = atMostEvery(60_000, onTrouble);
  const nothing = (): void => undefined;
  diag.setLogger({ error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing }, DiagLogLevel.WARN);
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: sendTimeoutMs });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `timbre-${app}`, 'service.instance.id': String(process.pid) }),
    spanProcessors: [
      new BatchSpanProcessor(exporter, { scheduledDelayMillis: sendEveryMs, exportTimeoutMillis: sendTimeoutMs }),
    ],
  });
  provider.register(); // W3C Trace Context, carried through async calls
  return { stop: () => provider.shutdown().catch(() => undefined) };
}

function atMostEvery(ms: number, tell: (message: string) => void): (message: string) => void {
  let quietUntil = 0;
  return (message) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + ms;
    tell(message);
  };
}
