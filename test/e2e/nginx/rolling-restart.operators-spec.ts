import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../../cluster/cluster.js';
import { restartRolling } from '../../cluster/rolling-restart.js';
import { Nginx, nginxMissing } from '../../support/nginx.js';
import { makePartner } from '../../support/shared-stack.js';

if (nginxMissing !== null) console.warn(nginxMissing);

/** Restarts once. `npm run test:cluster -- --rolling` restarts five times. */
(nginxMissing === null ? describe : describe.skip)('a rolling restart behind nginx', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({
      ...{ apis: 2, workers: 2, storage: 'folder' },
      front: (apis, folder) => Nginx.start({ apis, folder }),
      env: { SHUTDOWN_DELAY_SECONDS: '5' }, // as in production
    });
  });
  afterAll(() => cluster?.stop());

  it('fails no request, and completes every voice', async () => {
    const partner = await makePartner({ baseUrl: cluster.frontUrl, adminKey: cluster.adminKey });
    const { answers, bad, accepted, incomplete } = await restartRolling(cluster, partner, 1);
    console.log(`rolling restart: ${JSON.stringify(answers)}`);
    expect(bad).toEqual([]);
    expect(incomplete).toEqual([]);
    expect(accepted.length).toBeGreaterThan(20);
    for (const part of [...cluster.apis, ...cluster.workers]) expect(part.pid).toBeDefined();
  }, 400_000);
});
