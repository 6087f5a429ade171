import { ApiProperty } from '@nestjs/swagger';

/** An uploaded sample: multipart only. */
export class SampleForm {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'Audio file, converted to opus 96 kbps mono.',
  })
  file: unknown;
}
