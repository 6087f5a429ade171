import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Domain, required } from '../../../test/support/domain.js';
import { DatabaseClock } from './database-clock.js';

describe('DatabaseClock.now', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Puts the clock of this machine two hours ahead. */
  const beFast = (): void => {
    const trueNow = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => trueNow() + 2 * 3_600_000);
  };

  it('returns the time of Postgres, whatever the clock of this process says', async () => {
    beFast();
    const clock = new DatabaseClock(domain.database);
    await clock.onModuleInit();
    const [row] = await domain.database.query<{ ms: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
    );
    expect(Math.abs(clock.now() - required(row).ms)).toBeLessThan(1_000);
    clock.onApplicationShutdown();
  });

  it('returns the time of this process until Postgres has answered', async () => {
    const clock = new DatabaseClock({ query: () => Promise.reject(new Error('out of reach')) });
    await clock.onModuleInit();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(100);
    clock.onApplicationShutdown();
  });
});
