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
      sentinelTLS: {},
      db: 0,
      tls: {},
    });
  });

  it('of every node of a cluster, and a promise that nothing queues up where nothing may', () => {
    const made = clusterOptions(parseRedisUrl('rediss+cluster://:secret@a,b'), options);
    expect(made).toMatchObject({ enableOfflineQueue: false });
    expect(made.redisOptions).toEqual({ ...options, password: 'secret', tls: {} });
  });

  it('lets nothing wait for a node that is out, where commands are not to be tried again', () => {
    const made = clusterOptions(parseRedisUrl('redis+cluster://a'), { maxRetriesPerRequest: 0 });
    expect(made).toMatchObject({ retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 });
    expect(clusterOptions(parseRedisUrl('redis+cluster://a'), options)).not.toHaveProperty('retryDelayOnFailover');
  });

  it.each(['redis://127.0.0.1:1', 'redis+cluster://127.0.0.1:1'])('are such as Bull takes: %s', async (url) => {
    const { options: forBull, made } = queueConnections(url, { ...options, maxRetriesPerRequest: 3 });
    const client = forBull.createClient?.('bclient');
    client?.on('error', () => undefined);
    // Bull refuses clients that wait or subscribe with other values.
    const needed = { enableReadyCheck: false, maxRetriesPerRequest: null };
    expect(client?.options).toMatchObject(url.includes('cluster') ? { redisOptions: needed } : needed);
    expect(made).toEqual([client]);
    // Bull hears no refusal when it connects again while it stops: an unheard one would end the process.
    await expect(client?.connect()).resolves.toBeUndefined();
    client?.disconnect();
  });
});
