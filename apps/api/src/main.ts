import 'reflect-metadata';
import type { Server } from 'node:http';
import { configFromEnvironment } from '#libs/config';
import { missingMigrations } from '#libs/database';
import { createApp } from './create-app.js';
import { createLogger } from './logger.js';

/** Serves the API until it is told to stop (SIGTERM, SIGINT) or its parent process is gone. */
async function main(): Promise<void> {
  const config = configFromEnvironment();
  const logger = createLogger(config);

  const missing = await missingMigrations(config.databaseUrl);
  if (missing.length > 0) {
    throw new Error(`The database lacks ${missing.join(', ')}: run the migrations first (apps/api/src/migrate.main)`);
  }
  const { app, stopping } = await createApp(config, logger);
  await app.listen(config.port, config.host);
  logger.info(`Listening on ${await app.getUrl()}`);

  let stopped: Promise<void> | undefined;
  const stop = (why: string): void => {
    stopped ??= (async () => {
      logger.info(`Stopping: ${why}`);
      await stopping.stop(app.getHttpServer() as Server, config.shutdownGraceSeconds);
      await app.close();
      process.exit(0);
    })();
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the parent process has gone'));
}

main().catch((error: unknown) => {
  process.stderr.write(`The API cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
