import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { findAudioTools } from '#libs/audio';
import { configFromEnvironment } from '#libs/config';
import { waitForPostgres } from '#libs/database';
import { JobQueues, warnOfEviction, warnOfRedisTrouble } from '#libs/jobs';
import { createLogger, insistOnStopping, NestLogger } from '#libs/logging';
import { ScratchFolder } from '#libs/storage';
import { startTracing } from '#libs/tracing';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  const config = configFromEnvironment();
  const logger = createLogger({ app: 'worker', level: config.logLevel, format: config.logFormat });
  // Started by another process of ours: never outlive it.
  const orphaned = (): void => process.exit(1);
  process.once('disconnect', orphaned);
  const tracing = await startTracing({
    app: 'worker',
    endpoint: config.otlpEndpoint,
    onTrouble: (message) => logger.warn({ detail: message }, 'traces are not sent'),
  });

  const missing = await waitForPostgres(config.databaseUrl, (reason) =>
    logger.warn({ err: reason }, 'Postgres is waited for'),
  );
  if (missing.length > 0) throw new Error(`the database lacks ${missing.join(', ')}: run the migrations first`);

  const tools = await findAudioTools({
    ffmpegPath: config.ffmpegPath,
    ffprobePath: config.ffprobePath,
    searchPath: config.searchPath,
    launcherFolder: path.join(config.scratchDir, 'launchers'),
  });
  const scratch = await ScratchFolder.open(config.scratchDir, 'worker');
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot({ config, logger, tools, scratch }), {
    logger: new NestLogger(logger),
  });

  warnOfEviction(app.get(JobQueues), logger);
  warnOfRedisTrouble(app.get(JobQueues), logger);

  let stopping: Promise<void> | null = null;
  const stop = (): void => {
    if (stopping === null) insistOnStopping(config.shutdownGraceSeconds, logger);
    stopping ??= app
      .close()
      .then(() => scratch.close())
      .then(() => tracing.stop())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        logger.error({ err: error }, 'stopped badly');
        process.exit(1);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.off('disconnect', orphaned);
  if (process.channel) process.on('disconnect', stop);
  logger.info({ ffmpeg: tools.ffmpeg.version, ffmpegProcesses: config.ffmpegProcesses }, 'worker ready');
  process.send?.('ready');
}

main().catch((error: unknown) => {
  process.stderr.write(`The worker cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
