import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from '#libs/config';
import { clusterOptions, queueConnections, redisOptions } from './redis-connection.js';

const options = { connectTimeout: 5_000, enableOfflineQueue: false };

describe('redisOptions, clusterOptions and queueConnections', () => {
  it('connect to one server', () => {
    expect(redisOptions(parseRedisUrl('redis://app:secret@host:7000/2'))).toEqual({
      host: 'host',
      port: 7000,
      username: 'app',
      password: 'secret',
      db: 2,
    });
  });

  it('connect to one server over TLS and check its certificate', () => {
    expect(redisOptions(parseRedisUrl('rediss://host'))).toEqual({ host: 'host', port: 6379, db: 0, tls: {} });
  });

  it('connect to the master that sentinels name, over TLS to both', () => {
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
      sentinelTLS: {},
      db: 0,
      tls: {},
    });
  });

  it('pass credentials to every node of a cluster, and keep the offline queue off', () => {
    const made = clusterOptions(parseRedisUrl('rediss+cluster://:secret@a,b'), options);
    expect(made).toMatchObject({ enableOfflineQueue: false });
    expect(made.redisOptions).toEqual({ ...options, password: 'secret', tls: {} });
  });

  it('do not wait for a failed node when commands are not to be retried', () => {
    const made = clusterOptions(parseRedisUrl('redis+cluster://a'), { maxRetriesPerRequest: 0 });
    expect(made).toMatchObject({ retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 });
    expect(clusterOptions(parseRedisUrl('redis+cluster://a'), options)).not.toHaveProperty('retryDelayOnFailover');
  });

  it.each([
    ['redis://127.0.0.1:1', 'bclient', false],
    ['redis+cluster://127.0.0.1:1', 'bclient', false],
    // JobQueues.ready() asks this one.
    ['redis://127.0.0.1:1', 'client', true],
  ] as const)('make clients that Bull accepts: %s, %s', async (url, type, enableReadyCheck) => {
    const { options: forBull, made } = queueConnections(url, { ...options, maxRetriesPerRequest: 3 });
    const client = forBull.createClient?.(type);
    client?.on('error', () => undefined);
    // Bull refuses blocking and subscribing clients with other values.
    const needed = { enableReadyCheck, maxRetriesPerRequest: null };
    expect(client?.options).toMatchObject(url.includes('cluster') ? { redisOptions: needed } : needed);
    expect(made).toEqual([client]);
    // Bull does not handle a failed reconnect while it stops. An unhandled rejection would end the process.
    await expect(client?.connect()).resolves.toBeUndefined();
    client?.disconnect();
  });
});
