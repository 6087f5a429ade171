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
  /** server answers a request, producer makes a job, consumer works on it, client calls somebody else. */
  readonly role: 'server' | 'producer' | 'consumer' | 'client';
  /** Ids and outcomes; never a key, a token or a name of a person's voice. */
  readonly attributes?: Attributes;
  /** W3C `traceparent` of the span it follows from, maybe in another process; absent: the span it is called in. */
  readonly parent?: string | null;
}

const kinds = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const;

/** A span that its opener ends. Everything called within `inside` belongs to it. */
export interface OpenSpan {
  readonly traceId: string | null;
  inside<T>(work: () => T): T;
  readonly describe: (attributes: Attributes) => void;
  rename(name: string): void;
  end(failure?: string): void;
}

/** Opens a span, for work that ends elsewhere than where it was called. */
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
 * Runs work in a span, which tells how it went: the work's own error is its failure, and is thrown on.
 *
 * @param work gets what adds attributes that are known later
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

/** The running span as a W3C `traceparent` (w3.org/TR/trace-context), to be kept and followed later; null without traces. */
export function currentTraceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

function contextOf(traceparent: string | null): Context {
  return traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
}

/** Failures are told by a word: messages may quote what strangers sent. */
function endSpan(span: Span, failure: string | undefined): void {
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
  span.end();
}
