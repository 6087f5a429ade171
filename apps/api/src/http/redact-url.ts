const removed = '***';

/** Path segments after `/api` whose next segments are secrets: tokens of signed URLs and of webhooks. */
const secretRooms: readonly (readonly string[])[] = [['objects'], ['hooks', 'runpod']];

/** Nearly every URL is written plainly, without a query and without those rooms. */
const mayHoldSecret = new RegExp(`[%?#]|${secretRooms.map(([room]) => room).join('|')}`, 'i');

/**
 * A request's URL as it may be logged: without the key of its query and without the token of its path.
 *
 * Names are compared decoded and in lower case, because `api%5Fkey` is the same parameter and `/API/objects` the same
 * route. What cannot be decoded is compared as it stands.
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
  const room = secretRooms.find((words) => words.every((word, at) => rest[at]?.segment === word));
  const secret = room && rest[room.length];
  return secret ? [...segments.slice(0, secret.at), removed].join('/') : path;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text).toLowerCase();
  } catch {
    return text.toLowerCase();
  }
}
