export { ConfigError, readConfig, type Config } from './config.js';
export { configFromEnvironment } from './environment.js';
export { variables } from './variables.js';
