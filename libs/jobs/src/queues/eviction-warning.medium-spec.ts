import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Domain } from '../../../../test/support/domain.js';
import { startValkey } from '../../../../test/support/services.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { warnOfEviction } from './eviction-warning.js';
import { JobQueues } from './job-queues.js';

describe('warnOfEviction', () => {
  let valkey: Awaited<ReturnType<typeof startValkey>>;
  let redis: Redis;
  let domain: Domain;
  beforeAll(async () => {
    valkey = await startValkey();
    redis = new Redis(valkey.url);
    domain = await Domain.open({ redisUrl: valkey.url });
  });
  afterAll(async () => {
    await domain.close();
    redis.disconnect();
    await valkey.process.stop();
  });

  it('warns when Redis may evict queue entries, and only then', async () => {
    const queues = domain.get(JobQueues);
    const warnings: unknown[] = [];
    const logger = { warn: (fields: unknown): void => void warnings.push(fields) };
    expect(await queues.evictionPolicies()).toEqual(['noeviction']);
    warnOfEviction(queues, logger);
    await queues.evictionPolicies(); // answers come in order, so the first one is there too
    expect(warnings).toEqual([]);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    warnOfEviction(queues, logger);
    await waitFor('the warning', () => warnings.length > 0);
    expect(warnings.at(-1)).toEqual({ policy: 'allkeys-lru' });
  });
});
