export { ConfigError, readConfig, withSecretsFromFiles, type Config } from './config.js';
export { configFromEnvironment } from './environment.js';
export { parseRedisUrl, type RedisLocation } from './redis-location.js';
export type { TrustedProxies } from './trusted-proxies.js';
export { variables } from './variables.js';
