import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { clockTime } from '#libs/audio';
import type { SplitPreview } from '#libs/samples';
import { contractSeconds } from '../http/wire-format.js';
import { qualityExample, SampleQualityDto, sampleQualityDto } from '../samples/quality.answers.js';

@ApiSchema({ name: 'PlannedSample' })
export class PlannedSampleDto {
  @ApiProperty({
    type: String,
    description:
      'Where the sample would start in the recording: `MM:SS`, or `HH:MM:SS` from one hour on. It is correct even after a ' +
      'damaged part.',
    example: '00:14',
  })
  readonly source_timestamp: string;

  @ApiProperty({
    type: Number,
    description: 'Where it would start in the converted recording, in seconds. The waveform has the same time.',
    example: 14.36,
  })
  readonly start: number;

  @ApiProperty({ type: Number, description: 'Length of the sample in seconds.', example: 11.82 })
  readonly duration: number;

  @ApiProperty({ type: SampleQualityDto, description: 'What the sample would be like.' })
  readonly quality: SampleQualityDto;
}

@ApiSchema({ name: 'SplitPreview' })
export class SplitPreviewDto {
  @ApiProperty({
    type: [PlannedSampleDto],
    description: 'The samples that the split would make, in the order of the recording.',
  })
  readonly samples: PlannedSampleDto[];

  @ApiProperty({
    type: Number,
    description: 'How much of the recording would be in no sample, in seconds.',
    example: 12.3,
  })
  readonly dropped_seconds: number;
}

export function splitPreviewDto({ samples, droppedSeconds }: SplitPreview): SplitPreviewDto {
  return {
    samples: samples.map(({ sourceStartSeconds, startSeconds, durationSeconds, quality }) => ({
      source_timestamp: clockTime(sourceStartSeconds),
      start: contractSeconds(startSeconds),
      duration: contractSeconds(durationSeconds),
      quality: sampleQualityDto(quality),
    })),
    dropped_seconds: contractSeconds(droppedSeconds),
  };
}

export const splitPreviewExample: SplitPreviewDto = {
  samples: [
    { source_timestamp: '00:00', start: 0.32, duration: 13.16, quality: qualityExample },
    { source_timestamp: '00:14', start: 14.36, duration: 11.82, quality: qualityExample },
  ],
  dropped_seconds: 2.94,
};
