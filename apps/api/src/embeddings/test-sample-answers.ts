import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { TestSampleDetails } from '#libs/embeddings';
import { TestSampleNameDto } from '../voices/voice-answers.js';

@ApiSchema({ name: 'TestSample' })
export class TestSampleDto extends TestSampleNameDto implements TestSampleDetails {
  @ApiProperty({ type: Number, description: 'Length in seconds.', example: 3.2 })
  readonly duration: number;
}
