import { Module } from '@nestjs/common';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { PartnersRepository } from './partners.repository.js';
import { PartnersService } from './partners.service.js';

/** Partners and their API keys. */
@Module({
  providers: [PartnersRepository, ApiKeysRepository, PartnersService, ApiKeysService],
  exports: [PartnersService, ApiKeysService, ApiKeysRepository],
})
export class PartnersModule {}
