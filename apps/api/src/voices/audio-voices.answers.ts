import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { EmbeddedVoice } from '#libs/voices';
import { exampleVoiceId, labelsDto, LabelsProperty, LanguageProperty, VoiceIdProperty } from './voice-properties.js';

const exampleUrl = `https://timbre.example.com/api/voices/demo/${exampleVoiceId}/embedding?tts_type=kyutai`;
const created = { type: 'integer', example: 1_736_936_400 } as const;

@ApiSchema({ name: 'AudioVoice' })
export class AudioVoiceDto {
  @VoiceIdProperty()
  readonly id: string;

  @ApiProperty({ type: String, description: 'Always `audio.voice`.', example: 'audio.voice' })
  readonly object: 'audio.voice';

  @ApiProperty({ type: String, description: 'Name of the voice.', example: 'speaker-1' })
  readonly name: string;

  @ApiProperty({ ...created, description: 'When the voice was created, in seconds since 1970.' })
  readonly created: number;

  @ApiProperty({ ...created, description: 'The same as `created`, as OpenAI names it for voices.' })
  readonly created_at: number;

  @LanguageProperty()
  readonly language: string;

  @LabelsProperty()
  readonly labels: Readonly<Record<string, string>>;

  @ApiProperty({ type: String, description: 'TTS type of the embedding.', example: 'kyutai' })
  readonly tts_type: string;

  @ApiProperty({
    type: String,
    format: 'uri',
    description: 'URL of the embedding of the preferred sample, as the engine made it. It needs the key.',
    example: exampleUrl,
  })
  readonly embedding_url: string;
}

@ApiSchema({ name: 'AudioVoiceList' })
export class AudioVoiceListDto {
  @ApiProperty({ type: String, description: 'Always `list`.', example: 'list' })
  readonly object: 'list';

  @ApiProperty({ type: [AudioVoiceDto], description: 'The voices, ordered by name.' })
  readonly data: AudioVoiceDto[];
}

/** Returns a voice in the shape of OpenAI's API. */
export function audioVoiceDto(voice: EmbeddedVoice, embeddingUrl: string): AudioVoiceDto {
  const seconds = Math.floor(voice.createdAt.getTime() / 1000);
  return {
    id: voice.id,
    object: 'audio.voice',
    name: voice.name,
    created: seconds,
    created_at: seconds,
    language: voice.language,
    labels: labelsDto(voice.labels),
    tts_type: voice.ttsType,
    embedding_url: embeddingUrl,
  };
}

export const audioVoicesExample: AudioVoiceListDto = {
  object: 'list',
  data: [
    {
      id: exampleVoiceId,
      object: 'audio.voice',
      name: 'speaker-1',
      created: created.example,
      created_at: created.example,
      language: 'en',
      labels: { project: 'audiobook' },
      tts_type: 'kyutai',
      embedding_url: exampleUrl,
    },
  ],
};
