import 'reflect-metadata';
import { configFromEnvironment } from '#libs/config';
import { waitForPostgres } from '#libs/database';
import { createLogger, insistOnStopping } from '#libs/logging';
import { startTracing } from '#libs/tracing';
import { createApp } from './create-app.js';

/** Serves the API until it is told to stop (SIGTERM, SIGINT) or its parent process is gone. */
async function main(): Promise<void> {
  const config = configFromEnvironment();
  const logger = createLogger({ app: 'api', level: config.logLevel, format: config.logFormat });

  // Started by another process of ours: never outlive it.
  const orphaned = (): void => process.exit(1);
  process.once('disconnect', orphaned);
  const tracing = await startTracing({
    app: 'api',
    endpoint: config.otlpEndpoint,
    onTrouble: (message) => logger.warn({ detail: message }, 'traces are not sent'),
  });

  const missing = await waitForPostgres(config.databaseUrl, (reason) =>
    logger.warn({ err: reason }, 'Postgres is waited for'),
  );
  if (missing.length > 0) {
    throw new Error(`The database lacks ${missing.join(', ')}: run the migrations first (apps/api/src/migrate.main)`);
  }
  const { app, stopping } = await createApp(config, logger);
  await app.listen(config.port, config.host);
  logger.info(`Listening on ${await app.getUrl()}`);

  process.off('disconnect', orphaned);
  let stopped: Promise<void> | undefined;
  const stop = (why: string): void => {
    stopped ??= (async () => {
      logger.info(`Stopping: ${why}`);
      insistOnStopping(config.shutdownGraceSeconds, logger);
      await stopping.stop(app.getHttpServer(), config.shutdownGraceSeconds);
      await app.close();
      await tracing.stop();
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
