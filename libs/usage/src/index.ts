export { forgetGpuUses, GpuUses } from './gpu-uses.js';
export { refuseOverQuota } from './quota.js';
export { UsageModule } from './usage.module.js';
export { UsageRepository, type PartnerUsage } from './usage.repository.js';
