// Written by `npm run settings` from libs/config/src/index.ts: change that one.
export { ConfigError, readConfig, withSecretsFromFiles } from './config.js';
export { configFromEnvironment } from './environment.js';
export { parseRedisUrl } from './redis-location.js';
export { variables } from './variables.js';
