import { ApiSchema } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { maxSeed } from '#libs/embeddings';
import { OptionalWholeNumber, RequiredText } from '../body/field-rules.js';

@ApiSchema({ name: 'SpeakFields' })
export class SpeakDto {
  @Transform(({ value }: TransformFnParams): unknown => (typeof value === 'string' ? value.trim() : value))
  @RequiredText(500, {
    description: 'Text to speak, in the language of the embedding (1–500 characters, on one line).',
    example: 'Good morning, and welcome back.',
  })
  text: string;

  @OptionalWholeNumber(
    { min: 1, max: 2_147_483_647 },
    {
      description:
        'Index of the sample whose embedding speaks. If omitted, uses the preferred sample, or else the one with the best score.',
    },
  )
  sample_index?: number;

  @OptionalWholeNumber(
    { min: 0, max: maxSeed },
    {
      description:
        'The same text, embedding and seed give the same speech, as far as the engine allows. If omitted, a random seed is used.',
    },
  )
  seed?: number;
}
