import type { Request, RequestHandler, Response } from 'express';
import { actingAs, type Actor } from '#libs/audit';
import { collectingJobs, type MadeJob } from '#libs/logging';
import type { LabelsOf, Metrics } from '#libs/metrics';
import { openSpan, type OpenSpan } from '#libs/tracing';

/**
 * Measures each request from its first byte to the end of its answer, and opens its trace span. The span continues the
 * client's trace if it sends a `traceparent`. Install it before everything that should be measured.
 */
export function followRequests(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const span = isHealthCheck(request)
      ? null
      : openSpan(request.method, { role: 'server', parent: parentOf(request) });
    if (span?.traceId) request.traceId = span.traceId;
    response.once('close', () => {
      const route = routeTemplate(request);
      // Node cannot tell what the client received, only whether the whole answer was sent.
      const status = response.writableFinished ? String(response.statusCode) : 'cut';
      metrics.count('httpAnswers', { class: classOf(status) });
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.observe('httpRequestSeconds', { method: request.method, route, status }, seconds);
      if (request.isReplayed === true) metrics.count('idempotentReplays', {});
      if (request.unavailable) metrics.count('httpUnavailable', { cause: request.unavailable.causeCode ?? 'other' });
      if (span) endSpan(span, request, response, route);
    });
    if (span) span.inside(next);
    else next();
  };
}

type AnswerClass = LabelsOf<'httpAnswers'>['class'];

const classOf = (status: string): AnswerClass => (status === 'cut' ? 'cut' : (`${status.charAt(0)}xx` as AnswerClass));

/** Health checks arrive every few seconds; their traces would say nothing. */
const isHealthCheck = (request: Request): boolean => request.originalUrl.startsWith('/api/health/');

function parentOf(request: Request): string | null {
  const header = request.headers['traceparent'];
  return typeof header === 'string' ? header : null;
}

function endSpan(span: OpenSpan, request: Request, response: Response, route: string): void {
  span.rename(`${request.method} ${route}`);
  span.describe({
    'http.request.method': request.method,
    'http.route': route,
    'http.response.status_code': response.statusCode,
    'timbre.request_id': String(response.getHeader('X-Request-Id')),
    ...(request.voice && { 'timbre.voice_id': request.voice.id }),
  });
  if (!response.writableFinished) span.end('cut');
  else if (response.statusCode >= 500) span.end(String(response.statusCode));
  else span.end();
}

/** The label of requests without a route of ours: unknown paths, files of the documentation, the queues board. */
const other = 'other';

/**
 * Returns the pattern of the route that handled a request (`/api/voices/:partner/:voice`). Clients cannot make up new
 * values.
 *
 * `baseUrl` contains text of the request, so a nested router (the queues board) has no pattern.
 */
export function routeTemplate(request: Pick<Request, 'route' | 'baseUrl'>): string {
  const { path } = (request.route ?? {}) as { readonly path?: unknown };
  if (typeof path !== 'string' || request.baseUrl !== '') return other;
  return path.startsWith('/api/') && !path.includes('*') ? path : other;
}

/** Methods that change nothing (RFC 9110 §9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Records the changes of a request in the name of its API key, and collects the jobs that it creates for its log line.
 *
 * The guards find the key only later, so the actor is a function.
 */
export const followChanges: RequestHandler = (request, _response, next) => {
  if (safeMethods.has(request.method)) return next();
  const madeJobs: MadeJob[] = [];
  request.madeJobs = madeJobs;
  const actor = (): Actor => {
    const { caller, id } = request;
    return { kind: caller?.kind ?? 'system', keyId: caller?.keyId ?? null, requestId: id };
  };
  actingAs(actor, () => collectingJobs(madeJobs, next));
};
