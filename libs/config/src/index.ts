export { ConfigError, readConfig, readDatabaseUrl, withSecretsFromFiles, type Config } from './config.js';
export { CONFIG } from './config-token.js';
export { configFromEnvironment, databaseUrlFromEnvironment } from './environment.js';
export { executablesOnPath, isExecutable } from './executables-on-path.js';
export { findProjectRoot } from './project-root.js';
export { parseRedisUrl, type RedisLocation } from './redis-location.js';
export { variables } from './variables.js';
