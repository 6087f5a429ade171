import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventClient } from '../support/event-client.js';
import { HttpClient } from '../support/http.js';
import { freePort } from '../support/ports.js';
import { processesBeside, type ProcessesBeside } from '../support/processes-beside.js';
import { makePartner, sharedStack, type TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';

const delaySeconds = 8;

describe('an API that receives SIGTERM', () => {
  let beside: ProcessesBeside;
  let partner: TestPartner;
  let metricsUrl: string;
  beforeAll(async () => {
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}`;
    beside = await processesBeside(sharedStack(), {
      SHUTDOWN_DELAY_SECONDS: String(delaySeconds),
      METRICS_PORT: String(port),
    });
    await beside.api.start();
    partner = await makePartner(beside.address);
  });
  afterAll(() => beside?.api.stop());

  it('reports that it is stopping and continues to serve, then ends streams, refuses connections and exits', async () => {
    const stream = await EventClient.open(partner, `${partner.route()}/events`);
    await stream.next('the first event', ({ type }) => type === 'heartbeat');
    const startedAt = performance.now();
    const stopped = beside.api.stop();
    const health = new HttpClient(beside.address.baseUrl);
    const stopping = { status: 'stopping', dependencies: { postgres: 'up' } };
    const ready = await waitFor('/health/ready to report 503', async () => {
      const answer = await health.get<object>('/health/ready');
      return answer.status === 503 && answer;
    });
    expect(ready.body).toMatchObject(stopping);
    const watched = await fetch(`${metricsUrl}/health/ready`);
    expect(watched.status).toBe(503);
    expect(await watched.json()).toMatchObject(stopping);

    const created = await partner.http.post(`${partner.route()}/empty`, { name: 'in time' });
    expect([created.status, created.headers.get('connection')]).toEqual([201, 'close']);
    expect((await partner.http.get(partner.route('in time'))).status).toBe(200);
    await stream.next('an event', ({ data }) => data['name'] === 'in time');
    expect(performance.now() - startedAt).toBeLessThan(delaySeconds * 1000);

    await stopped;
    expect(await stream.end()).toBe('properly');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(delaySeconds * 1000);
    expect(await beside.api.ended).toBe('ended with code 0');
    await expect(health.get('/health/live')).rejects.toThrow('fetch failed');
  });
});
