import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  voiceWarningCodes,
  type EmbeddingInfo,
  type SampleDetails,
  type VoiceDetails,
  type VoiceSummary,
  type VoiceWarning,
} from '#libs/voices';

/** What a status may be; the same four for splitting and embedding. */
export const processingStatuses = ['idle', 'in_progress', 'completed', 'failed'] as const;
type Status = (typeof processingStatuses)[number];

const statusMeaning = `State of one kind of processing:
- \`idle\`: it was never started, or its result was replaced by a re-split.
- \`in_progress\`: it is queued or running. The voice is locked until it ends.
- \`completed\`: the last run succeeded.
- \`failed\`: the last run failed, and \`errors\` in the voice details says why. Earlier results are kept.`;

const StatusProperty = (description: string): PropertyDecorator =>
  ApiProperty({
    enum: processingStatuses,
    enumName: 'ProcessingStatus',
    enumSchema: { description: statusMeaning },
    description,
    example: 'completed',
  });

export const CreatorNameProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    description: 'Name of the person who created the voice; null if not given.',
    example: 'John',
  });

export const CreatorEmailProperty = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    description: 'Email of the creator; null if not given.',
    example: 'john@example.com',
  });

@ApiSchema({ name: 'VoiceSummary' })
export class VoiceSummaryDto implements VoiceSummary {
  @ApiProperty({ type: String, description: 'Name of the voice.', example: 'speaker-1' })
  readonly name: string;

  @ApiProperty({ type: Boolean, description: 'Whether the voice was created from a recording.', example: true })
  readonly has_original: boolean;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Number of samples.', example: 12 })
  readonly sample_count: number;

  @StatusProperty('Status of audio splitting into samples.')
  readonly splitting_status: Status;

  @StatusProperty('Status of voice embedding generation.')
  readonly embedding_status: Status;

  @CreatorNameProperty()
  readonly creator_name: string | null;

  @CreatorEmailProperty()
  readonly creator_email: string | null;
}

@ApiSchema({ name: 'Sample' })
export class SampleDto implements SampleDetails {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Index of the sample. It is never reused until a re-split.',
    example: 1,
  })
  readonly index: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Where the sample starts in the recording: `MM:SS`, or `HH:MM:SS` from one hour on. null for uploaded samples.',
    example: '00:15',
  })
  readonly source_timestamp: string | null;

  @ApiProperty({ type: Number, description: 'Length of the sample in seconds.', example: 15 })
  readonly duration: number;
}

@ApiSchema({ name: 'VoiceStatus' })
export class VoiceStatusDto {
  @StatusProperty('Audio splitting into samples.')
  readonly splitting: Status;

  @StatusProperty('Voice embedding generation.')
  readonly embedding: Status;
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
export class VoiceWarningDto implements VoiceWarning {
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
    description: 'One sentence for people: how much of the recording is concerned, and where.',
    example: 'The recording states 75 s, but ends after 33.6 s',
  })
  readonly message: string;
}

const stages = ['converting', 'cutting', 'queued', 'embedding', 'testing', 'scoring'] as const;

const stageMeaning = `Current step, and what \`done\` and \`of\` count:
- \`queued\`: waits for a worker or a GPU; nothing is counted.
- \`converting\`: converts a new recording and cuts it into samples; seconds of audio.
- \`cutting\`: cuts the converted recording again; samples.
- \`embedding\`, \`testing\`, \`scoring\`: computes the embedding, speaks the test sentences, scores the samples; items, \
as the GPU side reports them.`;

@ApiSchema({ name: 'Progress' })
export class ProgressDto {
  @ApiProperty({ enum: stages, description: stageMeaning, example: 'embedding' })
  readonly stage: NonNullable<VoiceDetails['progress']>['stage'];

  @ApiProperty({ type: Number, description: 'How much of the stage is done. It never exceeds `of`.', example: 3 })
  readonly done: number;

  @ApiProperty({
    type: Number,
    description: 'Size of the stage, in the same unit. It may grow while the length of a recording is unknown.',
    example: 12,
  })
  readonly of: number;
}

@ApiSchema({ name: 'TestSampleName' })
export class TestSampleNameDto {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Index of the sample that was used.', example: 1 })
  readonly sample_index: number;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Number of the sentence that is spoken.', example: 1 })
  readonly sentence_index: number;

  @ApiProperty({ type: String, description: 'File name to download it by.', example: 'test_1_1.opus' })
  readonly filename: string;
}

@ApiSchema({ name: 'SampleScore' })
export class SampleScoreDto {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Index of the sample.', example: 3 })
  readonly sample_index: number;

  @ApiProperty({
    type: Number,
    minimum: -1,
    maximum: 1,
    description: 'Quality of the sample. Higher is better.',
    example: 0.92,
  })
  readonly score: number;
}

@ApiSchema({ name: 'EmbeddingInfo' })
export class EmbeddingInfoDto implements EmbeddingInfo {
  @ApiProperty({ type: String, description: 'TTS type that these results belong to.', example: 'kyutai' })
  readonly tts_type: string;

  @ApiProperty({
    enum: ['success', 'failed'],
    description: 'How the last run ended. After a failure the other fields keep the last successful results.',
    example: 'success',
  })
  readonly last_update_status: 'success' | 'failed';

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the last run ended.',
    example: '2025-01-15T10:30:00Z',
  })
  readonly last_update_time: string;

  @ApiProperty({ type: [TestSampleNameDto], description: 'Sentences spoken with the embedding.' })
  readonly test_samples: TestSampleNameDto[];

  @ApiProperty({ type: [SampleScoreDto], description: 'Scores of the samples, best first.' })
  readonly sample_scores: SampleScoreDto[];

  @ApiProperty({
    type: Boolean,
    description: 'Whether the samples have changed since the embedding was created.',
    example: false,
  })
  readonly stale: boolean;
}
