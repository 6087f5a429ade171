const removed = '***';

/** Paths below `/api` that end with a secret: the token of a signed URL or of a webhook. */
const secretPaths: readonly (readonly string[])[] = [['objects'], ['hooks', 'runpod']];

/** A quick test that excludes nearly all URLs: they have no query, no escapes and none of these paths. */
const mayHoldSecret = new RegExp(`[%?#]|${secretPaths.map(([first]) => first).join('|')}`, 'i');

/**
 * Replaces the secrets in a URL, so that it can be logged: the API key in the query and the token in the path.
 *
 * Compares decoded names in lower case, because `api%5Fkey` is the same parameter and `/API/objects` the same route.
 * Malformed escapes are compared undecoded.
 */
export function redactUrl(url: string): string {
  if (!mayHoldSecret.test(url)) return url;
  const [beforeFragment = ''] = url.split('#', 1);
  const mark = beforeFragment.indexOf('?');
  const path = mark === -1 ? beforeFragment : beforeFragment.slice(0, mark);
  const query = mark === -1 ? '' : `?${redactQuery(beforeFragment.slice(mark + 1))}`;
  return redactPath(path) + query;
}

function redactQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const [name = ''] = pair.split('=', 1);
      return plain(name.replaceAll('+', ' ')).trim() === 'api_key' ? `${name}=${removed}` : pair;
    })
    .join('&');
}

function redactPath(path: string): string {
  const segments = path.split('/');
  const kept = segments.map((segment, at) => ({ segment: plain(segment), at })).filter(({ segment }) => segment !== '');
  const [api, ...rest] = kept;
  if (api?.segment !== 'api') return path;
  const found = secretPaths.find((words) => words.every((word, at) => rest[at]?.segment === word));
  const secret = found && rest[found.length];
  return secret ? [...segments.slice(0, secret.at), removed].join('/') : path;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text).toLowerCase();
  } catch {
    return text.toLowerCase();
  }
}
