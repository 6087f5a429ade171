import type { Request } from 'express';

/**
 * Returns the API key of a request, from `X-Api-Key` or else from the query.
 *
 * A key that was given twice counts as no key.
 *
 * @param options `asBearer`: `Authorization: Bearer` is accepted, too. It comes after `X-Api-Key` and before the query
 */
export function sentKey(
  request: Pick<Request, 'headers' | 'query'>,
  { asBearer = false }: { readonly asBearer?: boolean } = {},
): string | undefined {
  const header = request.headers['x-api-key'];
  if (header !== undefined) return typeof header === 'string' ? header : undefined;
  const bearer = asBearer ? /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] : undefined;
  if (bearer !== undefined) return bearer;
  const query = request.query['api_key'];
  return typeof query === 'string' ? query : undefined;
}

/**
 * Returns the password of HTTP Basic credentials (RFC 7617), for any user, or undefined for anything else.
 *
 * @param header value of `Authorization`
 */
export function basicPassword(header: string | undefined): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? undefined : pair.slice(colon + 1);
}
