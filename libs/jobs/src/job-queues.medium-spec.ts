import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from '../../../test/support/domain.js';
import { Dispatcher } from './dispatcher.js';
import { JobQueues } from './job-queues.js';

describe('JobQueues while Redis is down', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close()); // which it lets happen, too

  it('sends nothing, knows nothing and waits for nothing', async () => {
    const queues = domain.get(JobQueues);
    const delivery = { jobId: 'a', generation: 1, number: 1 };
    const answers = Promise.all([queues.send('splitting', delivery), queues.holds('splitting', delivery)]);
    // Bull's own add() would never settle here: the answer must be there without any waiting.
    expect(await Promise.race([answers, new Promise((resolve) => setImmediate(resolve, 'hangs'))])).toEqual([
      false,
      null,
    ]);
    expect(queues.ready()).toBe(false);
  });

  it('leaves rows as they are, to be sent later', async () => {
    const voiceId = await domain.uploadedVoice();
    const dispatcher = domain.get(Dispatcher);
    expect(await dispatcher.dispatch()).toBe(0);
    await dispatcher.recoverLost();
    await dispatcher.recoverPolls();
    expect(await domain.row('jobs', await domain.jobId(voiceId, 'split'))).toMatchObject({
      state: 'queued',
      nudged_at: null,
      nudges: 0,
    });
  });
});
