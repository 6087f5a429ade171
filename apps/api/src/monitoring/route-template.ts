import type { Request } from 'express';

/** Label of requests that no route of ours took: unknown paths, the docs' own files, the queues board. */
const other = 'other';

/**
 * The route that took a request, as it was written (`/api/voices/:partner/:voice`): few, whatever strangers ask for.
 *
 * `baseUrl` is part of the request's own text, so a router below it (the queues board) has no template of its own.
 */
export function routeTemplate(request: Pick<Request, 'route' | 'baseUrl'>): string {
  const { path } = (request.route ?? {}) as { readonly path?: unknown };
  if (typeof path !== 'string' || request.baseUrl !== '') return other;
  return path.startsWith('/api/') && !path.includes('*') ? path : other;
}
