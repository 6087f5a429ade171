export { hashKey, keyIdOf } from './api-key.js';
export { ApiKeysRepository, keyScopes, revokedChannel, type KeyRecord } from './api-keys.repository.js';
export { ApiKeysService, type CreatedKey } from './api-keys.service.js';
export { PartnersModule } from './partners.module.js';
export { partnerNameFormat, PartnersService } from './partners.service.js';
