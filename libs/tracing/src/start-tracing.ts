import { diag, DiagLogLevel } from '@opentelemetry/api';

export interface TracingOptions {
  readonly app: 'api' | 'worker';
  /** The collector's URL without a path: `http://collector:4318`. Tracing is disabled if undefined. */
  readonly endpoint: string | undefined;
  /** Called when spans cannot be exported, at most once a minute. */
  readonly onTrouble: (message: string) => void;
}

export interface Tracing {
  /** Exports the remaining spans. Never throws: an unreachable collector must not fail a shutdown. */
  stop(): Promise<void>;
}

/**
 * Starts the export of traces to a collector, as OTLP in JSON over HTTP (opentelemetry.io/docs/specs/otlp). Without an
 * endpoint the SDK is not loaded, and spans cost next to nothing.
 *
 * The SDK also reads OpenTelemetry's own variables: OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and
 * OTEL_TRACES_SAMPLER_ARG.
 */
export async function startTracing({ app, endpoint, onTrouble }: TracingOptions): Promise<Tracing> {
  if (endpoint === undefined) return { stop: () => Promise.resolve() };
  const report = atMostEvery(60_000, onTrouble);
  const nothing = (): void => undefined;
  diag.setLogger({ error: report, warn: report, info: nothing, debug: nothing, verbose: nothing }, DiagLogLevel.WARN);
  const { sendSpans } = await import('./send-spans.js');
  const provider = sendSpans(`timbre-${app}`, endpoint);
  return { stop: () => provider.shutdown().catch(() => undefined) };
}

function atMostEvery(ms: number, report: (message: string) => void): (message: string) => void {
  let quietUntil = 0;
  return (message) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + ms;
    report(message);
  };
}
