import { Module } from '@nestjs/common';
import { RecomputeModule } from '#libs/recompute';
import { RecomputeController } from './recompute.controller.js';

/** Recomputes, for operators. */
@Module({ imports: [RecomputeModule], controllers: [RecomputeController] })
export class RecomputeApiModule {}
