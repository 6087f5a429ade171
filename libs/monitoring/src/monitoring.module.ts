import { Global, Module } from '@nestjs/common';
import { Metrics } from '#libs/metrics';
import { DescriptorWatch } from './descriptor-watch.js';
import { Gauges } from './gauges.js';
import { Health } from './health.js';
import { MonitoringServer } from './monitoring-server.js';
import { WorkAtHandRepository } from './work-at-hand.repository.js';

/** Health and metrics of a process. Needs a global `ScratchFolder`. */
@Global()
@Module({
  providers: [DescriptorWatch, Metrics, Health, WorkAtHandRepository, Gauges, MonitoringServer],
  exports: [Metrics, Health],
})
export class MonitoringModule {}
