import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';

/** Returns the addresses of a host name. */
export type ResolveHost = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Two queries of 2 s each leave time for a connection. */
const queryLimits = { timeout: 2_000, tries: 2 };

/**
 * Asks the DNS servers of this machine, or the given ones. The queries run on sockets of their own: `dns.lookup` would
 * take one of the few threads of this process for as long as a hostile name server does not answer. The file `hosts` is
 * not read; names in it mostly have private addresses.
 */
export function dnsResolver(servers?: readonly string[]): ResolveHost {
  return async (host, signal) => {
    if (isIP(host) !== 0) return [host];
    const resolver = new dns.Resolver(queryLimits);
    if (servers) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

/** Resolves names as other programs of this machine do, `hosts` and search domains included. */
export const systemResolver: ResolveHost = async (host) =>
  (await dns.lookup(host, { all: true })).map(({ address }) => address);
