import { Module } from '@nestjs/common';
import { TransferModule } from '#libs/transfer';
import { ExportsController } from './exports.controller.js';

@Module({ imports: [TransferModule], controllers: [ExportsController] })
export class TransferApiModule {}
