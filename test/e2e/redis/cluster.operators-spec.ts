import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Authority } from '../../support/certificates.js';
import { aclArgs, adminClient, credentials } from '../../support/redis/acl-user.js';
import { RedisCluster } from '../../support/redis/cluster.js';
import { describeWithRedis } from '../../support/redis/describe-with-redis.js';
import { temporaryFolder } from '../../support/services.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { createVoice, finishedVoice, settled } from '../../support/voices.js';

const recording = 'test/fixtures/speech/en-75s.flac';
const completed = { splitting: 'completed', embedding: 'completed' };

describeWithRedis('Timbre on a Redis Cluster with TLS and certificates for host names', () => {
  const folder = temporaryFolder();
  let cluster: RedisCluster;
  let stack: Stack;
  let partner: TestPartner;
  beforeAll(async () => {
    const authority = await Authority.make(folder, 'authority');
    const tls = await authority.issue('redis', 'DNS:localhost');
    const evicting = ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'];
    cluster = await RedisCluster.start({ tls, args: [...aclArgs, ...evicting], client: adminClient });
    const env = { REDIS_URL: `rediss+cluster://${credentials}${cluster.hosts}` };
    stack = await Stack.start({ env: { NODE_EXTRA_CA_CERTS: authority.file }, apiEnv: env, workerEnv: env });
    partner = await makePartner(stack.address);
  });
  afterAll(async () => {
    await stack.stop();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  it('finishes a voice, shows the queues and warns that Redis may evict them', async () => {
    expect((await finishedVoice(partner, 'before', recording)).status).toEqual(completed);
    const headers = { 'X-Api-Key': stack.address.adminKey };
    for (const route of ['/api/queues', '/api/redis/stats', '/api/queues/splitting/workers']) {
      const answer = await fetch(`${stack.address.baseUrl}/admin/queues${route}`, { headers });
      expect([route, answer.status]).toEqual([route, 200]);
    }
    const warnings = stack.lines.filter((line) => line.includes('set maxmemory-policy to noeviction'));
    expect(warnings.map((line) => line.split(' ')[0]).sort()).toEqual(['api', 'worker']);
    for (const node of cluster.nodes) expect(await node.ask('ACL', 'LOG')).toEqual([]);
  });

  it('accepts voices while the node of the queues is down, and finishes them when it is back', async () => {
    const node = await cluster.nodeOf('{timbre}');
    node.process.kill('SIGKILL');
    await node.process.ended;
    expect((await createVoice(partner, 'meanwhile', recording)).status).toBe(201);
    await node.process.start();
    expect((await settled(partner, 'meanwhile', 90_000)).status).toEqual(completed);
  });
});
