import type { Request, RequestHandler, Response } from 'express';
import type { Metrics } from '#libs/metrics';
import { openSpan, type OpenSpan } from '#libs/tracing';
import { routeTemplate } from './route-template.js';

/**
 * Follows each request from its first byte to the end of its answer: how long it took and which trace it belongs to (the
 * client's own, where it sends a `traceparent`). Before all that should be followed.
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
      // What was sent cannot be told from what arrived; an answer that was not even sent to its end was cut.
      const status = response.writableFinished ? String(response.statusCode) : 'cut';
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.observe('httpRequestSeconds', { method: request.method, route, status }, seconds);
      if (span) endSpan(span, request, response, route);
    });
    if (span) span.inside(next);
    else next();
  };
}

/** Asked every few seconds by whatever runs the process: traces of nothing. */
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
