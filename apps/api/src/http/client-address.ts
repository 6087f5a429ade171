import { isIP, isIPv6 } from 'node:net';
import type { Request } from 'express';

/**
 * Returns the address of the client, for limits and logs: the socket's, or the one that trusted proxies report
 * (TRUST_PROXY). Falls back to the socket's address if the reported value is not an IP address.
 */
export function clientAddress(request: Pick<Request, 'ip' | 'socket'>): string {
  const reported = request.ip ?? '';
  return isIP(reported) === 0 ? (request.socket.remoteAddress ?? 'unknown') : reported;
}

/** Returns the network of the client, for limits. */
export const networkOf = (request: Request): string => clientNetwork(clientAddress(request));

/** An IPv4-mapped address (RFC 4291 §2.5.5.2), as dual-stack sockets report it, in the form that URL prints. */
const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Returns what limits count an address by: an IPv4 address, or the /64 network of an IPv6 address. Providers assign at
 * least a /64 to each customer (RFC 6177 §2), so a client can use another address for each request.
 *
 * @returns the text itself if it is not an address
 */
export function clientNetwork(address: string): string {
  const [plain = ''] = address.split('%', 1); // without a zone (RFC 4007 §11)
  if (!isIPv6(plain)) return address;
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const ipv4 = mapped.exec(canonical);
  if (ipv4) return [ipv4[1], ipv4[2]].flatMap(twoBytes).join('.');
  const [head = [], tail = []] = canonical.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}

function twoBytes(group = ''): [number, number] {
  const value = parseInt(group, 16);
  return [value >> 8, value & 255];
}
