import { isIP } from 'node:net';

/** Which proxies may set `X-Forwarded-For`: none, the last N hops, or these addresses. */
export type TrustedProxies = false | number | readonly string[];

const names: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Reads which proxies are trusted. The meaning is that of Express' `trust proxy`.
 *
 * @param text a number of proxies, or addresses, subnets (`10.0.0.0/8`) and names (`loopback`, `linklocal`,
 *   `uniquelocal`), separated by commas
 * @throws Error whose message continues "TRUST_PROXY …"
 */
export function parseTrustedProxies(text: string | undefined): TrustedProxies {
  if (text === undefined) return false;
  if (/^\d{1,2}$/.test(text)) return Number(text) === 0 ? false : Number(text);
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => names.has(part) || isSubnet(part))) {
    throw new Error('must be a number of proxies, or addresses and subnets like 10.0.0.0/8,loopback');
  }
  return parts;
}

function isSubnet(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}
