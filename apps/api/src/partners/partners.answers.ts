import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { KeyScope } from '#libs/database';
import { keyScopes } from '#libs/partners';
import { QuotasDto } from './usage.answers.js';
import { timeOrNullSchema, timeSchema } from '../http/wire-format.js';

/** How the documentation shows scopes. */
export const scopesSchema = {
  enum: [...keyScopes],
  enumName: 'KeyScope',
  isArray: true,
  example: ['read', 'write'],
} as const;

export const ScopesProperty = (): PropertyDecorator =>
  ApiProperty({ ...scopesSchema, description: 'What the key allows: `read` for GET and HEAD, `write` for the rest.' });

@ApiSchema({ name: 'Partner' })
export class PartnerDto {
  @ApiProperty({ type: String, description: 'Name of the partner.', example: 'demo' })
  readonly name: string;

  @ApiProperty({ ...timeSchema, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ type: QuotasDto, description: 'What the partner may use.' })
  readonly quotas: QuotasDto;
}

@ApiSchema({ name: 'ApiKey' })
export class ApiKeyDto {
  @ApiProperty({ type: String, description: 'Id of the key. It is not secret.', example: 'abcdefghijklmnop' })
  readonly id: string;

  @ApiProperty({ type: String, description: 'Partner that the key belongs to.', example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, description: 'What the key is for.', example: 'production' })
  readonly name: string;

  @ApiProperty({
    type: String,
    description: 'The first characters of the key, to recognise it by.',
    example: 'tk_abcdefghijklmnop_Xy',
  })
  readonly prefix: string;

  @ScopesProperty()
  readonly scopes: KeyScope[];

  @ApiProperty({ ...timeSchema, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNullSchema, description: 'When the key expires; null if never.' })
  readonly expires_at: string | null;

  @ApiProperty({ ...timeOrNullSchema, description: 'When the key was revoked; null if it was not.', example: null })
  readonly revoked_at: string | null;

  @ApiProperty({ ...timeOrNullSchema, description: 'When the key was last used, to the minute; null if never.' })
  readonly last_used_at: string | null;
}

@ApiSchema({ name: 'CreatedApiKey' })
export class CreatedApiKeyDto {
  @ApiProperty({ type: String, description: 'Id of the key. It is not secret.', example: 'abcdefghijklmnop' })
  readonly id: string;

  @ApiProperty({ type: String, description: 'Partner that the key belongs to.', example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, description: 'What the key is for.', example: 'production' })
  readonly name: string;

  @ApiProperty({
    type: String,
    description: 'Text of the key, for the `X-Api-Key` header. Store it now: it is never shown again.',
    example: 'tk_…',
  })
  readonly key: string;

  @ScopesProperty()
  readonly scopes: KeyScope[];

  @ApiProperty({ ...timeSchema, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNullSchema, description: 'When the key expires; null if never.' })
  readonly expires_at: string | null;
}
