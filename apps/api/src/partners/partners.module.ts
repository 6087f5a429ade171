import { Module } from '@nestjs/common';
import { PartnersModule } from '#libs/partners';
import { UsageModule } from '#libs/usage';
import { KeyController } from './key.controller.js';
import { PartnersController } from './partners.controller.js';
import { UsageController } from './usage.controller.js';

@Module({ imports: [PartnersModule, UsageModule], controllers: [KeyController, UsageController, PartnersController] })
export class PartnersApiModule {}
