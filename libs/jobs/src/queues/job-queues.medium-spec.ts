import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Metrics } from '#libs/metrics';
import { Domain } from '../../../../test/support/domain.js';
import { Dispatcher } from '../engine/dispatcher.js';
import { Recovery } from '../engine/recovery.js';
import { JobQueues } from './job-queues.js';

describe('JobQueues while Redis is down', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close()); // must not hang either

  it('sends nothing and returns at once', async () => {
    const queues = domain.get(JobQueues);
    const delivery = { jobId: 'a', generation: 1, number: 1 };
    const answers = Promise.all([queues.send('splitting', delivery), queues.holds('splitting', delivery)]);
    // Bull's own add() would never settle here. The answer must come without any wait.
    expect(await Promise.race([answers, new Promise((resolve) => setImmediate(resolve, 'hangs'))])).toEqual([
      false,
      null,
    ]);
    expect(queues.ready()).toBe(false);
  });

  it('leaves rows unchanged, to be dispatched later', async () => {
    const voiceId = await domain.uploadedVoice();
    const queues = domain.get(JobQueues);
    const recovery = new Recovery(domain.database, queues, new Metrics('worker'), pino({ level: 'silent' }));
    expect(await domain.get(Dispatcher).dispatch()).toBe(0);
    await recovery.recoverNudges();
    await recovery.recoverPolls();
    expect(await domain.row('jobs', await domain.jobId(voiceId, 'split'))).toMatchObject({
      state: 'queued',
      nudged_at: null,
      nudges: 0,
    });
  });
});
