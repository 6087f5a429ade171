import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Authority } from '../../support/certificates.js';
import { freePort } from '../../support/ports.js';
import { aclArgs, adminClient, credentials, timbreRights } from '../../support/redis/acl-user.js';
import { describeWithRedis } from '../../support/redis/describe-with-redis.js';
import { redisServer, type RedisServer } from '../../support/redis/redis-server.js';
import { temporaryFolder } from '../../support/services.js';
import { makePartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { finishedVoice } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { startSecondApi } from '../contract/second-api.js';

describeWithRedis('Timbre on a Redis with TLS, a private certificate authority and a restricted user', () => {
  const folder = temporaryFolder();
  let caFile = '';
  let redis: RedisServer;
  /** The same with a certificate for another host. */
  let misnamed: RedisServer;
  let stack: Stack;
  beforeAll(async () => {
    const authority = await Authority.make(folder, 'authority');
    caFile = authority.file;
    const server = async (names: string): Promise<RedisServer> => {
      const port = await freePort();
      const own = path.join(folder, String(port));
      mkdirSync(own);
      const tls = await authority.issue(`redis-${port}`, names);
      const client = { ...adminClient, tls: { rejectUnauthorized: false } };
      const made = redisServer({ name: 'redis', port, folder: own, tls, args: aclArgs, client });
      await made.process.start();
      return made;
    };
    [redis, misnamed] = await Promise.all([server('IP:127.0.0.1'), server('DNS:redis.example.com')]);
    const env = { REDIS_URL: `rediss://${credentials}127.0.0.1:${redis.port}/0` };
    stack = await Stack.start({ env: { NODE_EXTRA_CA_CERTS: caFile }, apiEnv: env, workerEnv: env });
  });
  afterAll(async () => {
    await stack.stop();
    await Promise.all([redis.process.stop(), misnamed.process.stop()]);
    rmSync(folder, { recursive: true });
  });

  it('finishes a voice', async () => {
    const partner = await makePartner(stack.address);
    const voice = await finishedVoice(partner, 'anna', 'test/fixtures/speech/en-75s.flac');
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
  });

  it('shows the queues, and needs no other rights than docs/operations.md lists', async () => {
    expect(readFileSync('docs/operations.md', 'utf8')).toContain(`on >… ${timbreRights.join(' ')}\``);
    const headers = { 'X-Api-Key': stack.address.adminKey };
    for (const route of ['/api/queues', '/api/redis/stats', '/api/queues/splitting/workers']) {
      const answer = await fetch(`${stack.address.baseUrl}/admin/queues${route}`, { headers });
      expect([route, answer.status]).toEqual([route, 200]);
    }
    expect(await redis.ask('ACL', 'LOG')).toEqual([]);
    expect(stack.lines.filter((line) => line.includes('Redis'))).toEqual([]);
  });

  it('continues without Redis and logs the reason if the certificate or the password is refused', async () => {
    const trusting = { NODE_EXTRA_CA_CERTS: caFile };
    const refused = [
      { port: redis.port, user: credentials, env: {}, why: 'self-signed certificate' },
      { port: misnamed.port, user: credentials, env: trusting, why: "does not match certificate's altnames" },
      { port: redis.port, user: 'timbre:guess@', env: trusting, why: 'WRONGPASS' },
    ];
    await Promise.all(
      refused.map(async ({ port, user, env, why }) => {
        const api = await startSecondApi({ ...stack.address, redisUrl: `rediss://${user}127.0.0.1:${port}` }, env);
        try {
          const warning = (): string | undefined => api.lines.find((one) => one.includes('Redis unreachable'));
          const line = await waitFor(`a warning with ${why}`, warning);
          expect(line).toContain(why);
          expect(line).not.toContain('guess');
          const ready = await (await fetch(`${api.address.baseUrl}/health/ready`)).json();
          expect(ready).toMatchObject({ status: 'ready', dependencies: { redis: 'down' } });
        } finally {
          await api.stop();
        }
      }),
    );
  });
});
