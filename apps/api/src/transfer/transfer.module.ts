import { Module } from '@nestjs/common';
import { TransferModule } from '#libs/transfer';
import { ExportsController } from './exports.controller.js';
import { ImportsController } from './imports.controller.js';

@Module({ imports: [TransferModule], controllers: [ExportsController, ImportsController] })
export class TransferApiModule {}
