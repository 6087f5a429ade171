/** What the console's page may do with the device of whoever opens it. Only voices need the microphone. */
export const permissionsPolicy = 'camera=(), geolocation=(), microphone=(self)';

/**
 * Returns the Content-Security-Policy of the console's page. It shows texts that strangers may have written, and holds a
 * key: whatever got into the page could run no script and reach no other host.
 *
 * @param nonce of this answer; only style elements that carry it apply
 * @param audioOrigins where audio comes from besides the API, for example a bucket
 */
export function consolePolicy(nonce: string, audioOrigins: readonly string[] = []): string {
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", `'nonce-${nonce}'`],
    'img-src': ["'self'", 'data:'],
    'media-src': ["'self'", 'blob:', ...audioOrigins],
    'connect-src': ["'self'", ...audioOrigins],
    'font-src': ["'self'"],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** The policy of the page's files, which a person may open by themselves. */
export const filePolicy = "default-src 'none'; frame-ancestors 'none'";
