import type { QueueOptions } from 'bull';
import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisLocation } from '#libs/config';

/** A connection to whatever a REDIS_URL names; commands are the same for all. */
export type RedisConnection = Redis | Cluster;

/** TLS proves the server by the system's authorities and those of NODE_EXTRA_CA_CERTS. */
const credentials = ({ username, password, tls }: RedisLocation): RedisOptions => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
});

/** ioredis' options for one server, or for the master that sentinels name. */
export function redisOptions(location: RedisLocation): RedisOptions {
  const common = { ...credentials(location), db: location.database };
  const [first] = location.nodes;
  if (location.kind !== 'sentinel') return { ...common, ...first };
  return {
    ...common,
    sentinels: [...location.nodes],
    ...(location.masterName !== undefined && { name: location.masterName }),
    ...(location.sentinelPassword !== undefined && { sentinelPassword: location.sentinelPassword }),
    enableTLSForSentinelMode: location.tls,
  };
}

/** ioredis' options for a cluster; `options` are those of each node's connection. */
export function clusterOptions(location: RedisLocation, options: RedisOptions): ClusterOptions {
  return {
    redisOptions: { ...options, ...credentials(location) },
    clusterRetryStrategy: (tries) => Math.min(tries * 200, 2_000),
    ...(options.enableOfflineQueue !== undefined && { enableOfflineQueue: options.enableOfflineQueue }),
    // Managed clusters' certificates name hosts, not the addresses behind them.
    ...(location.tls && { dnsLookup: (address, done) => done(null, address) }),
  };
}

/** Opens a connection of its own. @throws Error for a URL that `parseRedisUrl` refuses */
export function connectRedis(redisUrl: string, options: RedisOptions): RedisConnection {
  const location = parseRedisUrl(redisUrl);
  if (location.kind === 'cluster') return new Cluster([...location.nodes], clusterOptions(location, options));
  return new Redis({ ...options, ...redisOptions(location) });
}

/** How Bull reaches Redis. What it makes itself it also closes; `made` are the clients that are left to us. */
export interface QueueConnections {
  readonly options: Pick<QueueOptions, 'redis' | 'createClient'>;
  readonly made: readonly RedisConnection[];
}

/** Bull makes its own connections to one server; for a cluster it has to be given them. */
export function queueConnections(redisUrl: string, options: RedisOptions): QueueConnections {
  const location = parseRedisUrl(redisUrl);
  if (location.kind !== 'cluster') return { options: { redis: { ...options, ...redisOptions(location) } }, made: [] };
  const made: Cluster[] = [];
  // Bull refuses a subscriber or a blocking client with either of these; its own have them so.
  const nodeOptions: RedisOptions = { ...options, enableReadyCheck: false, maxRetriesPerRequest: null };
  const createClient = (): Redis => {
    const client = new Cluster([...location.nodes], clusterOptions(location, nodeOptions));
    made.push(client);
    return client as unknown as Redis; // Bull's types know no Cluster, its code does (bull/PATTERNS.md, "Redis Cluster")
  };
  return { options: { createClient }, made };
}
