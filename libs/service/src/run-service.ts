import { configFromEnvironment } from '#libs/config';
import { createLogger } from '#libs/logging';
import { startTracing } from '#libs/tracing';
import type { ServiceName, ServiceParts } from './service.module.js';
import { exitAfter, stopOnce } from './stop-once.js';

/** A service that was started. */
export interface RunningService {
  /** Fields of the log line `ready`. */
  readonly readyLine?: object;
  /** How long an orchestrated stop goes on serving before it begins (default 0). */
  readonly delaySeconds?: number;
  /** Finishes or hands back the work at hand within the grace period, then closes all connections. */
  stop(delaySeconds: number): Promise<void>;
}

/**
 * Runs a service from its start to the exit of the process.
 *
 * A failed start exits with status 1 and one line on standard error. SIGTERM, SIGINT and the end of the parent process
 * stop the service once, within its grace period. Then the process exits with status 0, or with 1 when the shutdown failed.
 *
 * @param start waits for everything the service needs, and resolves when it serves
 */
export function runService(service: ServiceName, start: (parts: ServiceParts) => Promise<RunningService>): void {
  run(service, start).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The ${service === 'api' ? 'API' : 'worker'} cannot start: ${reason}\n`);
    process.exit(1);
  });
}

async function run(service: ServiceName, start: (parts: ServiceParts) => Promise<RunningService>): Promise<void> {
  const config = configFromEnvironment();
  const logger = createLogger({ app: service, level: config.logLevel, format: config.logFormat });
  // A process that was forked never outlives its parent.
  const orphaned = (): void => process.exit(1);
  process.once('disconnect', orphaned);
  const tracing = await startTracing({
    app: service,
    endpoint: config.otlpEndpoint,
    onTrouble: (message) => logger.warn({ detail: message }, 'cannot export traces'),
  });
  const running = await start({ service, config, logger });
  process.off('disconnect', orphaned);

  stopOnce(({ reason, isOrchestrated }) => {
    logger.info({ reason }, 'stopping');
    const delaySeconds = isOrchestrated ? (running.delaySeconds ?? 0) : 0;
    exitAfter(delaySeconds + config.shutdownGraceSeconds, logger);
    running
      .stop(delaySeconds)
      .then(() => tracing.stop())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        logger.error({ err: error }, 'shutdown failed');
        process.exit(1);
      });
  });
  logger.info(running.readyLine ?? {}, 'ready');
  if (process.connected) process.send?.('ready');
}
