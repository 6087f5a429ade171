import { ApiSchema } from '@nestjs/swagger';
import { FilePart, IfGiven, OptionalChoice, VoiceNameText } from '../body/field-rules.js';
import type { ReceivedFile } from '../body/multipart.js';

const conflictChoices = ['fail', 'rename'] as const;

@ApiSchema({ name: 'ImportVoiceForm' })
export class ImportVoiceDto {
  @FilePart({ required: true, description: 'Archive of a voice, as an export gives it.' })
  file: ReceivedFile;

  @IfGiven()
  @VoiceNameText({
    required: false,
    description: 'Name of the voice, by the same rules as for a new voice. Default: the name in the archive.',
    example: 'speaker-3',
  })
  name?: string;

  @OptionalChoice(conflictChoices, {
    name: 'ImportConflict',
    about: 'What happens if the partner already has a voice of the name.',
    default: 'fail',
    description: '`fail` answers 409; `rename` appends a number: `speaker-1 (2)`.',
  })
  on_conflict?: (typeof conflictChoices)[number];
}
