import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from '../../../../test/support/domain.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { JobQueues } from './job-queues.js';
import { warnOfRedisTrouble } from './redis-trouble.js';

describe('warnOfRedisTrouble', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open(); // its Redis is down
  });
  afterAll(() => domain.close());

  it('logs the reason once in 30 s', async () => {
    const written: unknown[] = [];
    let [now, troubles] = [0, 0];
    const queues = domain.get(JobQueues);
    queues.onTrouble(() => (troubles += 1));
    warnOfRedisTrouble(queues, { warn: (fields: unknown): void => void written.push(fields) }, () => now);
    await waitFor('several troubles', () => troubles >= 4);
    expect(written).toEqual([{ reason: 'connect ECONNREFUSED 127.0.0.1:1' }]);
    now = 30_000;
    await waitFor('the next line', () => written.length === 2);
  });
});
