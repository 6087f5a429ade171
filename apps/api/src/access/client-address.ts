import { isIP } from 'node:net';
import type { Request } from 'express';

/**
 * The address a request comes from, for limits and logs: the connection's, or what trusted proxies (TRUST_PROXY) say of
 * theirs. What is no address is not believed, whoever says it.
 */
export function clientAddress(request: Pick<Request, 'ip' | 'socket'>): string {
  const told = request.ip ?? '';
  return isIP(told) === 0 ? (request.socket.remoteAddress ?? 'unknown') : told;
}
