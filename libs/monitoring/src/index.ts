export { Health, type DependencyState, type Readiness, type ScratchHealth, type StorageHealth } from './health.js';
export { MonitoringModule } from './monitoring.module.js';
