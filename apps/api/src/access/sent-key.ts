import type { Request } from 'express';

/** The API key of a request: the header wins over the query. A key given twice is none. */
export function sentKey(request: Pick<Request, 'headers' | 'query'>): string | undefined {
  const header = request.headers['x-api-key'];
  if (header !== undefined) return typeof header === 'string' ? header : undefined;
  const query = request.query['api_key'];
  return typeof query === 'string' ? query : undefined;
}
