import { diag, DiagLogLevel } from '@opentelemetry/api';

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

/**
 * Starts sending traces to a collector, as OTLP in JSON over HTTP (opentelemetry.io/docs/specs/otlp). Without an endpoint
 * nothing is made, the SDK is not even loaded, and every span of this lib costs next to nothing.
 *
 * The SDK itself reads the standard variables of OpenTelemetry beside the endpoint: OTEL_EXPORTER_OTLP_HEADERS,
 * OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG.
 */
export async function startTracing({ app, endpoint, onTrouble }: TracingOptions): Promise<Tracing> {
  if (endpoint === undefined) return { stop: () => Promise.resolve() };
  const tell = atMostEvery(60_000, onTrouble);
  const nothing = (): void => undefined;
  diag.setLogger({ error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing }, DiagLogLevel.WARN);
  const { sendSpans } = await import('./send-spans.js');
  const provider = sendSpans(`timbre-${app}`, endpoint);
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
