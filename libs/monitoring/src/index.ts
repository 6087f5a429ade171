export { Gauges } from './gauges.js';
export { Health, type DependencyState, type Readiness } from './health.js';
export { MonitoringModule, type MonitoringModuleOptions } from './monitoring.module.js';
export { MonitoringServer, type MonitoringAddress } from './monitoring-server.js';
export { WorkAtHandRepository } from './work-at-hand.repository.js';
