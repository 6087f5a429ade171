export { ExportsService } from './export/exports.service.js';
export { TransferModule } from './transfer.module.js';
