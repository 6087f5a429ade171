import { Module } from '@nestjs/common';
import { ConsentsRepository } from './consents.repository.js';
import { ConsentsService } from './consents.service.js';

/** Consents, as requests see them. Needs the global module of the database. */
@Module({ providers: [ConsentsRepository, ConsentsService], exports: [ConsentsService] })
export class ConsentModule {}
