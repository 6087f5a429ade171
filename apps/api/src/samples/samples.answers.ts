import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { clockTime, type GradingContext } from '#libs/audio';
import type { SampleInfo } from '#libs/voices';
import { audioUrlSchema, contractSeconds } from '../http/wire-format.js';
import { SampleQualityDto, sampleQualityDto } from './quality.answers.js';

@ApiSchema({ name: 'Sample' })
export class SampleDto {
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

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'Where it starts in the converted recording, in seconds. The waveform has the same time. null for uploaded samples.',
    example: 15,
  })
  readonly start: number | null;

  @ApiProperty({ type: Number, description: 'Length of the sample in seconds.', example: 15 })
  readonly duration: number;

  @ApiProperty({
    type: SampleQualityDto,
    nullable: true,
    description:
      'How suitable the sample is as a reference, and why not. null for samples of earlier versions, which measured none; ' +
      'a re-split measures them.',
  })
  readonly quality: SampleQualityDto | null;

  @ApiProperty({ ...audioUrlSchema, description: 'URL of its audio. Only in voice details with `audio_urls=true`.' })
  readonly url?: string;
}

/** @param context what is known of the sample besides its audio */
export function sampleDto(sample: SampleInfo, context: GradingContext = {}): SampleDto {
  const { index, sourceStartSeconds, startSeconds, durationSeconds, quality } = sample;
  return {
    index,
    source_timestamp: sourceStartSeconds === null ? null : clockTime(sourceStartSeconds),
    start: startSeconds === null ? null : contractSeconds(startSeconds),
    duration: contractSeconds(durationSeconds),
    quality: quality && sampleQualityDto(quality, context),
  };
}
