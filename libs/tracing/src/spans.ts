import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';

export interface SpanOptions {
  /** server: answers a request; producer: creates a job; consumer: works on a job; client: calls another service. */
  readonly role: 'server' | 'producer' | 'consumer' | 'client';
  /** Ids and outcomes, never keys, tokens or names of voices. */
  readonly attributes?: Attributes;
  /** The W3C `traceparent` of the parent, maybe in another process. Default: the active span. */
  readonly parent?: string | null;
}

const kinds = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const;

/** A span that must be ended. Spans opened within `inside` are its children. */
export interface OpenSpan {
  readonly traceId: string | null;
  inside<T>(work: () => T): T;
  readonly describe: (attributes: Attributes) => void;
  rename(name: string): void;
  end(failure?: string): void;
}

/** Opens a span for work that does not end in the same function. */
export function openSpan(name: string, options: SpanOptions): OpenSpan {
  const parent = options.parent === undefined ? context.active() : contextOf(options.parent);
  const span = trace
    .getTracer('timbre')
    .startSpan(name, { kind: kinds[options.role], attributes: options.attributes ?? {} }, parent);
  const own = trace.setSpan(parent, span);
  return {
    traceId: span.isRecording() ? span.spanContext().traceId : null,
    inside: (work) => context.with(own, work),
    describe: (attributes) => void span.setAttributes(attributes),
    rename: (newName) => void span.updateName(newName),
    end: (failure) => endSpan(span, failure),
  };
}

/**
 * Runs work in a span. An error of the work is recorded and thrown.
 *
 * @param work receives a function that adds attributes
 */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (describe: (attributes: Attributes) => void) => Promise<T>,
): Promise<T> {
  const span = openSpan(name, options);
  try {
    const result = await span.inside(() => work(span.describe));
    span.end();
    return result;
  } catch (error) {
    span.end(error instanceof Error ? error.name : 'unknown error');
    throw error;
  }
}

/** Returns the active span as a W3C `traceparent` (w3.org/TR/trace-context), or null if tracing is disabled. */
export function currentTraceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

function contextOf(traceparent: string | null): Context {
  return traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
}

/** Records only the kind of a failure: its message may quote user input. */
function endSpan(span: Span, failure: string | undefined): void {
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
  span.end();
}
