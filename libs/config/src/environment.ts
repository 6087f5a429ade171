import { ConfigError, readConfig, readDatabaseUrl, type Config } from './config.js';

/**
 * Reads the configuration of this process. Only this file reads `process.env`.
 *
 * An invalid environment ends the process with one readable line per variable.
 */
export const configFromEnvironment = (): Config => fromEnvironment(readConfig);

/** Reads the URL of Postgres itself, which is all that a migration needs. */
export const databaseUrlFromEnvironment = (): string => fromEnvironment(readDatabaseUrl);

function fromEnvironment<T>(read: (environment: NodeJS.ProcessEnv) => T): T {
  try {
    return read(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`Timbre cannot start:\n${error.lines.map((line) => `  ${line}\n`).join('')}`);
    process.exit(78); // EX_CONFIG of sysexits.h
  }
}
