import { ApiProperty } from '@nestjs/swagger';

/** The form of an uploaded sample, which only multipart can carry. */
export class SampleForm {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'Audio file of the sample. It is converted to opus 96 kbps mono.',
  })
  file: unknown;
}
