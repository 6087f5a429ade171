import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError, type AppError } from '#libs/errors';
import { asAppError } from './connection-failure.js';
import { createDataSource } from './data-source.js';

const tryEveryMs = 1_000;

/**
 * Waits until Postgres takes connections: after a power cut it may be the last to start, and a process that ended
 * meanwhile would only be started again and again.
 *
 * @param onWait told once, with what was in the way, when there is something to wait for
 * @throws what does not pass by itself, such as a wrong password
 */
export async function waitForPostgres(databaseUrl: string, onWait: (reason: unknown) => void): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const trouble = await connectOnce(databaseUrl);
    if (trouble === null) return;
    if (tries === 0) onWait(trouble.cause);
    await sleep(tryEveryMs);
  }
}

async function connectOnce(databaseUrl: string): Promise<AppError | null> {
  const dataSource = createDataSource({ databaseUrl, poolSize: 1, applicationName: 'timbre-wait' });
  try {
    await dataSource.initialize();
    await dataSource.destroy();
    return null;
  } catch (error) {
    const trouble = asAppError(error);
    if (!isAppError(trouble, 'unavailable')) throw error;
    return trouble;
  }
}
