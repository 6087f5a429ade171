import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Caller } from '#libs/auth';
import type { KeyScope } from '#libs/database';
import { keyScopes } from '#libs/partners';
import { contractTimeOrNull, timeOrNullSchema } from '../http/wire-format.js';
import { ScopesProperty } from './partners.answers.js';

@ApiSchema({ name: 'KeyOwner' })
export class KeyOwnerDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Partner that the key belongs to; null for an admin key, which is valid for all partners.',
    example: 'demo',
  })
  readonly partner: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What the key is for, as it was said when it was created; null for an admin key.',
    example: 'production',
  })
  readonly name: string | null;

  @ScopesProperty()
  readonly scopes: KeyScope[];

  @ApiProperty({ type: Boolean, description: 'Whether this is an admin key.', example: false })
  readonly is_admin: boolean;

  @ApiProperty({ ...timeOrNullSchema, description: 'When the key expires; null if never.', example: null })
  readonly expires_at: string | null;
}

/** The owner of a key in the contract's shape. */
export function keyOwnerAnswer(caller: Caller): KeyOwnerDto {
  if (caller.kind === 'admin') {
    return { partner: null, name: null, scopes: [...keyScopes], is_admin: true, expires_at: null };
  }
  return {
    partner: caller.partnerName,
    name: caller.keyName,
    scopes: [...caller.scopes],
    is_admin: false,
    expires_at: contractTimeOrNull(caller.expiresAt),
  };
}
