import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Authority } from '../../support/certificates.js';
import { describeWithRedis } from '../../support/redis/describe-with-redis.js';
import { Sentinels } from '../../support/redis/sentinels.js';
import { temporaryFolder } from '../../support/services.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { createVoice, finishedVoice, settled } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';

const recording = 'test/fixtures/speech/en-75s.flac';
const completed = { splitting: 'completed', embedding: 'completed' };

describeWithRedis('Timbre on a Redis with three sentinels, TLS and two passwords', () => {
  const folder = temporaryFolder();
  let sentinels: Sentinels;
  let stack: Stack;
  let partner: TestPartner;
  beforeAll(async () => {
    const authority = await Authority.make(folder, 'authority');
    const tls = await authority.issue('redis', 'IP:127.0.0.1');
    sentinels = await Sentinels.start({ tls, password: 'of-redis', sentinelPassword: 'of-sentinels' });
    const url = `rediss+sentinel://:of-redis@${sentinels.hostsAndName}?sentinel_password=of-sentinels`;
    const env = { REDIS_URL: url };
    stack = await Stack.start({ env: { NODE_EXTRA_CA_CERTS: authority.file }, apiEnv: env, workerEnv: env });
    partner = await makePartner(stack.address);
  });
  afterAll(async () => {
    await stack.stop();
    await sentinels.stop();
    rmSync(folder, { recursive: true });
  });

  it('finishes voices, also those that were uploaded during a failover', async () => {
    expect((await finishedVoice(partner, 'before', recording)).status).toEqual(completed);
    const master = await sentinels.master();
    master.process.kill('SIGKILL');
    expect((await createVoice(partner, 'meanwhile', recording)).status).toBe(201);
    await waitFor('another master', async () => (await sentinels.master()) !== master);
    expect((await settled(partner, 'meanwhile', 90_000)).status).toEqual(completed);
  });

  it('exits with code 0 although every sentinel is gone', async () => {
    await sentinels.stop();
    await waitFor('/health/ready to report that Redis is down', async () => {
      const answer = await fetch(`${stack.address.baseUrl}/health/ready`);
      return ((await answer.json()) as { dependencies: { redis: string } }).dependencies.redis === 'down';
    });
    await Promise.all([stack.parts.worker.stop(), stack.parts.api.stop()]);
    expect(await Promise.all([stack.parts.worker.ended, stack.parts.api.ended])).toEqual([
      'ended with code 0',
      'ended with code 0',
    ]);
  });
});
