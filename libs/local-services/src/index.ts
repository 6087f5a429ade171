/*
 * The servers and processes that a Timbre on one machine is made of: Postgres and Redis from npm or the machine, the
 * API, the worker and the emulator. `npm start` and the tests run them. Imports Node's own modules only.
 */
export type { Attended } from './attend.main.js';
export { embeddedPostgres } from './embedded-postgres.js';
export { embeddedValkey, installedRedis } from './embedded-valkey.js';
export { ManagedProcess, type ProcessOptions, type ProcessWatcher } from './managed-process.js';
export { freePort, isListening, isPortFree } from './ports.js';
export { accountFor } from './postgres-account.js';
export { takesConnections } from './postgres-cluster.js';
export { procStat } from './proc-stat.js';
export { commandLine, endProcess, identify, isRunning, type ProcessIdentity } from './process-identity.js';
export { entry, projectRoot } from './project-root.js';
export { serviceEnvironment, workerEnvironment } from './service-environment.js';
export { apiProcess, emulatorProcess, migrateProcess, workerProcess } from './timbre-processes.js';
export { waitUntil, type WaitOptions } from './wait-until.js';
