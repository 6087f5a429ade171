import { OptionalText } from '../body/field-rules.js';

export class EmbedFields {
  @OptionalText({
    maxLength: 64,
    description: "TTS type override. If omitted, uses the voice's embedding_type (default kyutai).",
    example: 'kyutai',
  })
  tts_type?: string;
}
