import { OptionalText } from '../body/field-rules.js';

export class EmbedFields {
  @OptionalText({
    maxLength: 64,
    description:
      "TTS type override. If omitted, uses the voice's embedding_type (default kyutai). It must be one of the types " +
      'that the operator has configured. It may also be sent as a query parameter; the field wins.',
    example: 'kyutai',
  })
  tts_type?: string;
}
