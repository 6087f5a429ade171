import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from './redis-location.js';

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { kind: 'single', nodes: [{ host: 'localhost', port: 6379 }], tls: false, database: 0 }],
    [
      'rediss://app:p%40ss%2Fword@redis.example.com:6380/3',
      {
        kind: 'single',
        nodes: [{ host: 'redis.example.com', port: 6380 }],
        tls: true,
        username: 'app',
        password: 'p@ss/word',
        database: 3,
      },
    ],
    [
      'redis://:secret@[::1]:7000',
      { kind: 'single', nodes: [{ host: '::1', port: 7000 }], tls: false, password: 'secret', database: 0 },
    ],
    [
      'redis+sentinel://:secret@s1:26379,s2,s3:26381/timbre-master?db=2&sentinel_password=other',
      {
        kind: 'sentinel',
        nodes: [
          { host: 's1', port: 26379 },
          { host: 's2', port: 26379 },
          { host: 's3', port: 26381 },
        ],
        tls: false,
        password: 'secret',
        masterName: 'timbre-master',
        sentinelPassword: 'other',
        database: 2,
      },
    ],
    [
      'rediss+cluster://app:secret@c1:7001,c2:7002',
      {
        kind: 'cluster',
        nodes: [
          { host: 'c1', port: 7001 },
          { host: 'c2', port: 7002 },
        ],
        tls: true,
        username: 'app',
        password: 'secret',
        database: 0,
      },
    ],
  ])('reads %s', (url, location) => expect(parseRedisUrl(url)).toEqual(location));

  it.each([
    ['http://host:secret@x', 'must be a URL starting with redis://'],
    ['redis://', 'must be a URL starting with redis://'],
    ['redis://:secret@a,b', 'names several hosts'],
    ['redis://:secret@host:99999', 'must name hosts'],
    ['redis://:secret@host/one', 'must name the database by a whole number'],
    ['redis://:secret@host?tls=true', 'knows db after the ?'],
    ['redis://:%zzsecret@host', 'has a broken percent-encoding'],
    ['redis+sentinel://:secret@host', 'must name the master'],
    ['redis+cluster://:secret@host/1', 'a cluster has only 0'],
  ])('rejects %s without repeating its password', (url, why) => {
    expect(() => parseRedisUrl(url)).toThrow(why);
    expect(() => parseRedisUrl(url)).not.toThrow('secret');
  });
});
