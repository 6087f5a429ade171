import { parseRedisUrl } from './redis-location.js';

/** Protocols of HTTP URLs. */
export const http = ['http:', 'https:'];

/** Checks `<tts type>=<endpoint id>`. @throws Error that says what it must be */
export function checkEndpoint(pair: string): void {
  if (!/^[a-z0-9_-]{1,64}=[A-Za-z0-9_-]{1,64}$/.test(pair)) {
    throw new Error('must look like kyutai=<endpoint id>,other=<endpoint id>');
  }
}

/** Requires a key that cannot be guessed. @throws Error that says what it must be */
export function checkAdminKey(key: string): void {
  if (key.length < 24) throw new Error('must have at least 24 characters');
}

/** Checks an origin as browsers send it, or `*`. @throws Error that says what it must be */
export function checkOrigin(origin: string): void {
  if (origin === '*') return;
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || !http.includes(url.protocol) || url.origin !== origin) {
    throw new Error('must hold origins like https://app.example.com, or *');
  }
}

/** Returns a URL that `parseRedisUrl` accepts. @throws Error that says what it must be */
export function readRedisUrl(text: string | undefined): string {
  if (text === undefined) throw new Error('is required');
  parseRedisUrl(text);
  return text;
}

/** Reads a port; absent is `undefined`. @throws Error that says what it must be */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port >= 1 && port <= 65_535)) throw new Error('must be a whole number from 1 to 65535');
  return port;
}

/** Reads a URL without trailing slashes; absent is `undefined`. @throws Error that says what it must be */
export function readCollector(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !http.includes(new URL(text).protocol))
    throw new Error('must be a URL starting with http:// or https://');
  return text.replace(/\/+$/, '');
}

/** Reads sentences between `|`; absent is `undefined`. @throws Error that says what it must be */
export function readSentences(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const sentences = text.split('|').map((sentence) => sentence.trim());
  const found = sentences.filter((sentence) => sentence !== '');
  if (found.length === 0) throw new Error('must hold at least one sentence');
  return found;
}
