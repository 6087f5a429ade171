import { isIP } from 'node:net';
import { AppError } from '#libs/errors';
import { isPublicAddress } from './sending/public-address.js';

/** Returns the host of a URL as sockets take it: without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * Returns the normal form of a webhook's URL. `new URL` also turns an IPv4 address in decimal, octal or hexadecimal into
 * its usual form.
 *
 * A private address is refused here if the URL contains it. What a name resolves to is checked at each connection.
 *
 * @throws AppError `invalid_parameter`
 */
export function parseWebhookUrl(text: string, { allowPrivate }: { readonly allowPrivate: boolean }): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw AppError.field('url', 'url must be an absolute URL that starts with https:// or http://');
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw AppError.field('url', 'url must have no user name, no password and no fragment');
  }
  const host = hostOf(url);
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) {
    throw AppError.field('url', 'url must not contain a private address');
  }
  return url.href;
}
