import type { QueueOptions } from 'bull';
import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisLocation } from '#libs/config';

/** A connection to a server, a master behind sentinels, or a cluster. Commands are the same for all. */
export type RedisConnection = Redis | Cluster;

/** TLS verifies the server by the system's authorities and those of NODE_EXTRA_CA_CERTS. */
const credentials = ({ username, password, tls }: RedisLocation): RedisOptions => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
});

/** Builds ioredis' options for one server, or for the master that sentinels name. */
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
    ...(location.tls && { sentinelTLS: {} }), // otherwise ioredis talks to the sentinels in plaintext
  };
}

/** Builds ioredis' options for a cluster; `options` are those of each node's connection. */
export function clusterOptions(location: RedisLocation, options: RedisOptions): ClusterOptions {
  return {
    redisOptions: { ...options, ...credentials(location) },
    clusterRetryStrategy: (tries) => Math.min(tries * 200, 2_000),
    ...(options.enableOfflineQueue !== undefined && { enableOfflineQueue: options.enableOfflineQueue }),
    // Otherwise a command for a node that is down is tried 16 times, 100 ms apart.
    ...(options.maxRetriesPerRequest === 0 && { retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 }),
    // The certificates of managed clusters name hosts, not the addresses behind them.
    ...(location.tls && { dnsLookup: (address, done) => done(null, address) }),
  };
}

/** Opens a connection. @throws Error for a URL that `parseRedisUrl` refuses */
export function connectRedis(redisUrl: string, options: RedisOptions): RedisConnection {
  return open(parseRedisUrl(redisUrl), options);
}

function open(location: RedisLocation, options: RedisOptions): RedisConnection {
  if (location.kind === 'cluster') {
    const cluster = new Cluster([...location.nodes], clusterOptions(location, options));
    return cluster.on('+node', (node: Redis) => node.on('close', () => endSocketTimer(node)));
  }
  const client = new Redis({ ...options, ...redisOptions(location) });
  client.on('close', () => endSocketTimer(client));
  return client;
}

/**
 * Stops the timer of a pending answer when its connection closes. ioredis 5 lets it run, and it then cuts the next
 * connection (redis/ioredis#2147, fixed in ioredis 6, which Bull does not support).
 */
function endSocketTimer(client: Redis): void {
  clearTimeout(client['socketTimeoutTimer'] as NodeJS.Timeout | undefined);
  client['socketTimeoutTimer'] = undefined;
}

/** Returns the servers behind a connection: of a cluster, every known node. */
export function serversOf(connection: RedisConnection): readonly Redis[] {
  return connection instanceof Cluster ? connection.nodes() : [connection];
}

type ClientType = Parameters<NonNullable<QueueOptions['createClient']>>[0];

/** How Bull connects to Redis. Bull does not close clients that were made for it. */
export interface QueueConnections {
  readonly options: Pick<QueueOptions, 'createClient'>;
  readonly made: readonly RedisConnection[];
}

/** Creates Bull's clients: each queue has a client, a subscriber and a client that waits for deliveries. */
export function queueConnections(redisUrl: string, options: RedisOptions): QueueConnections {
  const location = parseRedisUrl(redisUrl);
  const made: RedisConnection[] = [];
  const createClient = (type: ClientType): Redis => {
    // Bull refuses a subscriber or a blocking client with a check. Without one, ioredis calls a client ready before the
    // password is accepted and the data is loaded.
    const enableReadyCheck = type === 'client';
    const client = open(location, { ...options, enableReadyCheck, maxRetriesPerRequest: null });
    // When Bull stops, it cuts a waiting connection and reconnects without handling a failure. If Redis is down, the
    // unhandled rejection would end the process.
    const connectAgain = client.connect.bind(client);
    client.connect = () => connectAgain().catch(() => undefined);
    made.push(client);
    return client as Redis; // Bull's code accepts a Cluster, its types do not (bull/PATTERNS.md, "Redis Cluster")
  };
  return { options: { createClient }, made };
}
