import { ApiProperty } from '@nestjs/swagger';
import type { ProcessingStatus } from '#libs/database';
import { labelPairs } from '#libs/voices';

export const exampleVoiceId = '0d6f4b9e-3c55-4d0c-9d43-7a3f0e6c2b18';

export const statuses = ['idle', 'in_progress', 'completed', 'failed'] as const satisfies readonly ProcessingStatus[];

const statusMeaning = `State of one kind of processing:
- \`idle\`: it was never started, or its result was replaced by a re-split.
- \`in_progress\`: it is queued or running. The voice is locked until it ends.
- \`completed\`: the last run succeeded.
- \`failed\`: the last run failed, and \`errors\` in the voice details says why. Earlier results are kept.`;

export const StatusProperty = (description: string): PropertyDecorator =>
  ApiProperty({
    enum: statuses,
    enumName: 'ProcessingStatus',
    enumSchema: { description: statusMeaning },
    description,
    example: 'completed',
  });

export const CreatorNameProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    description: 'Name of the person who created the voice; null if not given.',
    example: 'John',
  });

export const CreatorEmailProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    description: 'Email of the creator; null if not given.',
    example: 'john@example.com',
  });

export const VoiceIdProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    format: 'uuid',
    description: 'Identifies the voice for ever. A URL takes it in place of the name, which may change.',
    example: exampleVoiceId,
  });

export const LabelsProperty = (): PropertyDecorator =>
  ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Labels of the voice. The object is empty if it has none.',
    example: { project: 'audiobook' },
  });

export const LanguageProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    description: 'Language of the voice (BCP 47). The next embedding uses it unless it is given another.',
    example: 'en',
  });

export const OriginalDurationProperty = (): PropertyDecorator =>
  ApiProperty({
    type: Number,
    nullable: true,
    description: 'Length of the recording in seconds; null if the voice has none, or if it is not known.',
    example: 185.4,
  });

export const PreferredSampleProperty = (): PropertyDecorator =>
  ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description: 'Index of the preferred sample; null if there is none.',
    example: 3,
  });

export const CreatedAtProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the voice was created.',
    example: '2025-01-15T10:20:00Z',
  });

export const UpdatedAtProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the voice last changed.',
    example: '2025-01-15T10:30:00Z',
  });

/** Returns labels as answers have them. Keys such as `__proto__` are properties like all others. */
export const labelsDto = (labels: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(labelPairs(labels));
