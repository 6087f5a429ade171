import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '#libs/config';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database.js';
import { deadRedisUrl } from '../../../../test/support/domain.js';
import { createApp, type ApiApp } from '../create-app.js';

const adminKey = 'an admin key that only tests use';

describe('the queues board without Redis', () => {
  let fresh: FreshDatabase;
  let folder: string;
  let api: ApiApp;
  let board: string;
  beforeAll(async () => {
    fresh = await freshDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'timbre-board-'));
    const config = readConfig({
      DATABASE_URL: fresh.url,
      REDIS_URL: deadRedisUrl,
      RUNPOD_BASE_URL: 'http://localhost',
      RUNPOD_API_KEY: 'none',
      ADMIN_API_KEY: adminKey,
      DATA_DIR: folder,
      PATH: process.env['PATH'],
    });
    api = await createApp(config, pino({ level: 'silent' }));
    await api.app.listen(0, '127.0.0.1');
    board = `${await api.app.getUrl()}/api/admin/queues`;
  });
  afterAll(async () => {
    await api.stopping.stop(api.app.getHttpServer(), { delaySeconds: 0, graceSeconds: 1 });
    await api.app.close();
    await fresh.drop();
    await rm(folder, { recursive: true });
  });

  const ask = (route: string): Promise<Response> => fetch(`${board}${route}`, { headers: { 'X-Api-Key': adminKey } });

  it('serves its page, and answers requests that need Redis with 503 at once', async () => {
    expect((await ask('')).status).toBe(200);
    for (const route of ['/api/queues', '/api/redis/stats', '/api/queues/splitting/workers']) {
      const answer = await ask(route);
      expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
      expect(await answer.json()).toEqual({ detail: 'Service temporarily unavailable' });
    }
  });
});
