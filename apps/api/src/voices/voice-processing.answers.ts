import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { JobProgress, ProcessingStatus } from '#libs/database';
import { voiceWarningCodes, type VoiceWarning } from '#libs/voices';
import { StatusProperty } from './voice-properties.js';

@ApiSchema({ name: 'VoiceStatus' })
export class VoiceStatusDto {
  @StatusProperty('Audio splitting into samples.')
  readonly splitting: ProcessingStatus;

  @StatusProperty('Voice embedding generation.')
  readonly embedding: ProcessingStatus;
}

@ApiSchema({ name: 'VoiceErrors' })
export class VoiceErrorsDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last splitting failed; null if it did not.',
    example: null,
  })
  readonly splitting: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last embedding failed; null if it did not.',
    example: null,
  })
  readonly embedding: string | null;
}

@ApiSchema({ name: 'VoiceWarning' })
export class VoiceWarningDto {
  @ApiProperty({
    type: String,
    description: `The kind of warning. More kinds may be added. ${Object.entries(voiceWarningCodes)
      .map(([code, meaning]) => `\`${code}\`: ${meaning}.`)
      .join(' ')}`,
    example: 'cut_off_recording',
  })
  readonly code: VoiceWarning['code'];

  @ApiProperty({
    type: String,
    description: 'One sentence that says what is affected: how much of the recording and where, or which sample.',
    example: 'The recording states 75 s, but ends after 33.6 s',
  })
  readonly message: string;
}

const stages = ['converting', 'cutting', 'queued', 'embedding', 'testing', 'scoring', 'importing'] as const;

const stageMeaning = `Current step, and what \`done\` and \`of\` count:
- \`queued\`: the job waits for a worker or a GPU. Nothing is counted.
- \`converting\`: a new recording is converted and cut into samples. Counts seconds of audio.
- \`cutting\`: the converted recording is cut again. Counts samples.
- \`embedding\`, \`testing\`, \`scoring\`: the embedding is computed, the test sentences are spoken, the samples are \
scored. Counts items as the GPU side reports them.
- \`importing\`: the files of an archive are checked and stored. Counts files.`;

@ApiSchema({ name: 'Progress' })
export class ProgressDto {
  @ApiProperty({
    enum: stages,
    enumName: 'ProgressStage',
    description: stageMeaning,
    example: 'embedding',
  })
  readonly stage: JobProgress['stage'];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'How much of the stage is done. It never exceeds `of`.',
    example: 3,
  })
  readonly done: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Size of the stage, in the same unit. It may grow while the length of a recording is unknown.',
    example: 12,
  })
  readonly of: number;
}
