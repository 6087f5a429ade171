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
    ...(location.tls && { sentinelTLS: {} }), // ioredis asks the sentinels themselves in the clear, else
  };
}

/** ioredis' options for a cluster; `options` are those of each node's connection. */
export function clusterOptions(location: RedisLocation, options: RedisOptions): ClusterOptions {
  return {
    redisOptions: { ...options, ...credentials(location) },
    clusterRetryStrategy: (tries) => Math.min(tries * 200, 2_000),
    ...(options.enableOfflineQueue !== undefined && { enableOfflineQueue: options.enableOfflineQueue }),
    // Else a command for a node that is out is tried 16 times, 100 ms apart.
    ...(options.maxRetriesPerRequest === 0 && { retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 }),
    // Managed clusters' certificates name hosts, not the addresses behind them.
    ...(location.tls && { dnsLookup: (address, done) => done(null, address) }),
  };
}

/** Opens a connection of its own. @throws Error for a URL that `parseRedisUrl` refuses */
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
 * Ends the wait for an answer together with the connection it was to come by: ioredis 5 lets it run on, and it then cuts
 * the next connection (redis/ioredis#2147, mended in ioredis 6, which Bull does not take).
 */
function endSocketTimer(client: Redis): void {
  clearTimeout(client['socketTimeoutTimer'] as NodeJS.Timeout | undefined);
  client['socketTimeoutTimer'] = undefined;
}

/** The servers behind a connection: of a cluster every node that is known. */
export function serversOf(connection: RedisConnection): readonly Redis[] {
  return connection instanceof Cluster ? connection.nodes() : [connection];
}

/** How Bull reaches Redis. It closes none of the clients that were made for it. */
export interface QueueConnections {
  readonly options: Pick<QueueOptions, 'createClient'>;
  readonly made: readonly RedisConnection[];
}

/** Makes what Bull asks for: each queue has a client, a subscriber and a client that waits for deliveries. */
export function queueConnections(redisUrl: string, options: RedisOptions): QueueConnections {
  const location = parseRedisUrl(redisUrl);
  const made: RedisConnection[] = [];
  // Bull refuses a subscriber or a blocking client with either of these; its own have them so.
  const bullOptions: RedisOptions = { ...options, enableReadyCheck: false, maxRetriesPerRequest: null };
  const createClient = (): Redis => {
    const client = open(location, bullOptions);
    // When it stops, Bull cuts a waiting connection and connects again, and nobody hears whether that failed: a client
    // that is connecting to a Redis that is away refuses it, and the unheard refusal would end the process.
    const connectAgain = client.connect.bind(client);
    client.connect = () => connectAgain().catch(() => undefined);
    made.push(client);
    return client as Redis; // Bull's types know no Cluster, its code does (bull/PATTERNS.md, "Redis Cluster")
  };
  return { options: { createClient }, made };
}
