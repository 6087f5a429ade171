import { ApiQuery, ApiSchema } from '@nestjs/swagger';
import { isTtsType } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import { OptionalText, WholeNumber } from '../body/field-rules.js';
import { OptionalLanguage, OptionalSentences } from '../body/speech-rules.js';

const maxLength = 64;

export const ttsTypeSchema = { type: 'string', pattern: '^[a-z0-9_-]{1,64}$' } as const;

@ApiSchema({ name: 'EmbedFields' })
export class EmbedDto {
  @OptionalText(maxLength, {
    description:
      "TTS type override. If omitted, uses the voice's embedding_type (default kyutai). It must be one of the types " +
      'that the operator has configured. It may also be sent as a query parameter; the field wins.',
    example: 'kyutai',
    pattern: ttsTypeSchema.pattern,
  })
  tts_type?: string;

  @OptionalLanguage("Language of this embedding. If omitted, uses the voice's language.")
  language?: string;

  @OptionalSentences(
    'Sentences for the test samples. If omitted, uses those that the operator has configured, or else three of the ' +
      'language. A form repeats the field for each sentence.',
  )
  test_sentences?: string[];
}

export class TtsTypeQuery {
  @OptionalText(maxLength)
  tts_type?: string;
}

export class SampleEmbeddingQuery extends TtsTypeQuery {
  @WholeNumber({ min: 1, max: 999_999_999 })
  sample_index?: number;
}

/** The TTS type of reads and deletes that name none. */
export const defaultTtsType = 'kyutai';

export const malformedTtsType = (): AppError =>
  AppError.field('tts_type', 'tts_type must be 1 to 64 characters a-z, 0-9, _ and -');

/**
 * Returns the TTS type that a request is about, whether or not it is configured.
 *
 * @throws AppError `invalid_parameter` if the text is not a TTS type
 */
export function readTtsType(text: string | undefined): string {
  const ttsType = text ?? defaultTtsType;
  if (!isTtsType(ttsType)) throw malformedTtsType();
  return ttsType;
}

/** Documents `tts_type` in the query of a route that accepts any tts type, configured or not. */
export const TtsTypeParameter = (description: string): MethodDecorator =>
  ApiQuery({ name: 'tts_type', required: false, description, schema: { ...ttsTypeSchema, default: defaultTtsType } });
