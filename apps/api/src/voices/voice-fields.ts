import { ApiProperty } from '@nestjs/swagger';
import { NameText, OptionalEmail, OptionalText } from '../body/field-rules.js';

/** The fields a new voice has. */
export class CreateVoiceFields {
  @NameText('Voice name, unique within the partner (1–255 characters, no `/` or `\\`).', 'speaker-1')
  name: string;

  @OptionalText({ maxLength: 255, description: 'Name of the person who created the voice.', example: 'John' })
  creator_name?: string;

  @OptionalEmail({ description: 'Email of the creator.', example: 'john@example.com' })
  creator_email?: string;
}

/** The same with another example, as the voice of the first one is there already. */
export class CreateEmptyVoiceFields extends CreateVoiceFields {
  @NameText('Voice name, unique within the partner (1–255 characters, no `/` or `\\`).', 'speaker-2')
  declare name: string;
}

/** The same with a recording: multipart only. */
export class CreateVoiceForm extends CreateVoiceFields {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    required: false,
    description: 'Audio file to upload. Splitting and embedding start automatically. Omit it to create an empty voice.',
  })
  file?: unknown;
}

export class RenameVoiceFields {
  @NameText('New voice name (1–255 characters, no `/` or `\\`).', 'speaker-1-renamed')
  name: string;
}
