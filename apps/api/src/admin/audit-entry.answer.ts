import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { AuditEntry } from '#libs/audit';
import { contractTime, timeSchema } from '../http/wire-format.js';

@ApiSchema({ name: 'AuditEntry' })
export class AuditEntryDto {
  @ApiProperty({ type: String, description: 'Id of the entry.', example: '42' })
  readonly id: string;

  @ApiProperty({ ...timeSchema, description: 'Time of the change.' })
  readonly at: string;

  @ApiProperty({
    enum: ['admin', 'partner', 'system'],
    enumName: 'AuditActor',
    description: 'Who made the change: an admin key, a key of the partner, or Timbre itself.',
    example: 'partner',
  })
  readonly actor: AuditEntry['actor'];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of the key that was used; null if there was none.',
    example: 'abcdefghijklmnop',
  })
  readonly key_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`X-Request-Id` of the request; null if there was none.',
    example: 'b3b1f0c2',
  })
  readonly request_id: string | null;

  @ApiProperty({ type: String, description: 'What was done.', example: 'voice.rename' })
  readonly action: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Id of the partner; null if the change concerns all partners.',
    example: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11',
  })
  readonly partner_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Name of the partner at that time.', example: 'demo' })
  readonly partner: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Id of the voice.',
    example: '9b2d6c1e-0f4a-4d0e-8a55-0a1b2c3d4e5f',
  })
  readonly voice_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Name of the voice at that time; null if the change is not about a voice.',
    example: 'speaker-1',
  })
  readonly voice: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
    description: 'More about the change, such as the new name.',
    example: { name: 'speaker-1-renamed' },
  })
  readonly details: AuditEntry['details'];
}

/** An entry in the contract's shape. */
export function auditAnswer(entry: AuditEntry): AuditEntryDto {
  return {
    id: entry.id,
    at: contractTime(entry.at),
    actor: entry.actor,
    key_id: entry.keyId,
    request_id: entry.requestId,
    action: entry.action,
    partner_id: entry.partnerId,
    partner: entry.partner,
    voice_id: entry.voiceId,
    voice: entry.voice,
    details: entry.details,
  };
}
