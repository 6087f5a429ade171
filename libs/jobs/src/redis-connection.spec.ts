import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from '#libs/config';
import { clusterOptions, queueConnections, redisOptions } from './redis-connection.js';

const options = { connectTimeout: 5_000, enableOfflineQueue: false };

describe('options of a Redis connection', () => {
  it('of one server', () => {
    expect(redisOptions(parseRedisUrl('redis://app:secret@host:7000/2'))).toEqual({
      host: 'host',
      port: 7000,
      username: 'app',
      password: 'secret',
      db: 2,
    });
  });

  it('of one server over TLS, whose certificate is checked', () => {
    expect(redisOptions(parseRedisUrl('rediss://host'))).toEqual({ host: 'host', port: 6379, db: 0, tls: {} });
  });

  it('of the master that sentinels name, who are asked over TLS too', () => {
    const url = 'rediss+sentinel://:secret@a,b:26380/main?sentinel_password=other';
    expect(redisOptions(parseRedisUrl(url))).toEqual({
      sentinels: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26380 },
      ],
      name: 'main',
      password: 'secret',
      sentinelPassword: 'other',
      enableTLSForSentinelMode: true,
      db: 0,
      tls: {},
    });
  });

  it('of every node of a cluster, and a promise that nothing queues up where nothing may', () => {
    const made = clusterOptions(parseRedisUrl('rediss+cluster://:secret@a,b'), options);
    expect(made).toMatchObject({ enableOfflineQueue: false });
    expect(made.redisOptions).toEqual({ ...options, password: 'secret', tls: {} });
  });

  it('let Bull make its own connections, but those to a cluster', () => {
    const one = queueConnections('redis://host', options);
    expect(one.options).toEqual({ redis: { ...options, host: 'host', port: 6379, db: 0 } });
    const cluster = queueConnections('redis+cluster://127.0.0.1:1', options);
    const client = cluster.options.createClient?.('bclient');
    // Bull refuses blocking clients with other values.
    expect(client?.options).toMatchObject({ redisOptions: { enableReadyCheck: false, maxRetriesPerRequest: null } });
    expect(cluster.made).toEqual([client]);
    client?.disconnect();
  });
});
