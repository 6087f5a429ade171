export { ExportsService } from './export/exports.service.js';
export { failImport } from './import/fail-import.js';
export { ImportStep } from './import/import.step.js';
export { ImportStepModule } from './import/import-step.module.js';
export { ImportsService } from './import/imports.service.js';
export { TransferModule } from './transfer.module.js';
