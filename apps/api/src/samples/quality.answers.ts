import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { gradeOf, type GradingContext, type QualityFigures, type QualityReason } from '#libs/audio';

const grades = ['good', 'fair', 'poor'] as const;

/** What each code means. docs/quality.md says where its threshold lies. */
const reasonCodes: Readonly<Record<QualityReason['code'], string>> = {
  mostly_silence: 'little of the sample is speech',
  clipped: 'the recording was louder than the file can hold, and is distorted',
  noisy: 'the speech is hardly louder than the noise behind it',
  too_quiet: 'the speech is very quiet',
  too_loud: 'the speech is very loud',
  narrow_band: 'treble is missing, as on a telephone',
  cut_in_word: 'the sample starts or ends inside a word',
  other_speaker:
    'its scores say that another person speaks, in all of it or in a part; known once the voice is embedded',
};

@ApiSchema({ name: 'QualityReason' })
export class QualityReasonDto {
  @ApiProperty({
    type: String,
    description: `What is wrong. More codes may be added. ${Object.entries(reasonCodes)
      .map(([code, meaning]) => `\`${code}\`: ${meaning}.`)
      .join(' ')}`,
    example: 'noisy',
  })
  readonly code: QualityReason['code'];

  @ApiProperty({
    type: String,
    description: 'One sentence for people, with the figure.',
    example: 'Speech is only 12 dB louder than the background noise',
  })
  readonly message: string;
}

@ApiSchema({ name: 'SampleQuality' })
export class SampleQualityDto {
  @ApiProperty({
    enum: grades,
    enumName: 'SampleGrade',
    description:
      'How well the sample suits as the reference of a voice. A grade refuses nothing. `good`: there is no reason against ' +
      'it. `fair`: it is usable, but a better one may exist. `poor`: use another one.',
    example: 'good',
  })
  readonly grade: (typeof grades)[number];

  @ApiProperty({
    type: [QualityReasonDto],
    description: 'Why the sample is not `good`; empty if it is. docs/quality.md has the thresholds.',
    example: [],
  })
  readonly reasons: QualityReasonDto[];

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 1,
    description: 'Share of the sample in which somebody speaks, measured in steps of 20 ms.',
    example: 0.86,
  })
  readonly speech_ratio: number;

  @ApiProperty({
    type: Number,
    description: 'Gated loudness in LUFS (ITU-R BS.1770-5), of the sample as one channel. -70 is silence.',
    example: -21.4,
  })
  readonly loudness_lufs: number;

  @ApiProperty({
    type: Number,
    description: 'Largest sample value in dB below full scale (sample peak). -127.5 is silence.',
    example: -3.5,
  })
  readonly peak_dbfs: number;

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 1,
    description: 'Share of the sample values that are at full scale.',
    example: 0,
  })
  readonly clipped_ratio: number;

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 60,
    description: 'How much louder the speech is than the noise behind it, in dB. 60 also stands for more.',
    example: 42.5,
  })
  readonly snr_db: number;

  @ApiProperty({
    type: Number,
    minimum: 4000,
    maximum: 8000,
    description:
      'Highest frequency in Hz that the speech reaches, between 4,000 and 8,000. A telephone has at most 4,000.',
    example: 8000,
  })
  readonly bandwidth_hz: number;

  @ApiProperty({ type: Boolean, description: 'Whether somebody speaks at its first moment.', example: false })
  readonly starts_in_speech: boolean;

  @ApiProperty({ type: Boolean, description: 'Whether somebody speaks at its last moment.', example: false })
  readonly ends_in_speech: boolean;
}

/** Returns figures with the grade that they give today: thresholds and scores may have changed since they were measured. */
export function sampleQualityDto(figures: QualityFigures, context: GradingContext = {}): SampleQualityDto {
  const { grade, reasons } = gradeOf(figures, context);
  return {
    grade,
    reasons: reasons.map(({ code, message }) => ({ code, message })),
    speech_ratio: figures.speechRatio,
    loudness_lufs: figures.loudnessLufs,
    peak_dbfs: figures.peakDbfs,
    clipped_ratio: figures.clippedRatio,
    snr_db: figures.snrDb,
    bandwidth_hz: figures.bandwidthHz,
    starts_in_speech: figures.startsInSpeech,
    ends_in_speech: figures.endsInSpeech,
  };
}

/** The quality of a good sample. */
export const qualityExample: SampleQualityDto = {
  grade: 'good',
  reasons: [],
  speech_ratio: 0.86,
  loudness_lufs: -21.4,
  peak_dbfs: -3.5,
  clipped_ratio: 0,
  snr_db: 42.5,
  bandwidth_hz: 8000,
  starts_in_speech: false,
  ends_in_speech: false,
};

/** The quality of a sample that a window of fixed length cut off. */
export const cutInWordExample: SampleQualityDto = {
  ...qualityExample,
  grade: 'fair',
  reasons: [{ code: 'cut_in_word', message: 'The sample ends while somebody speaks' }],
  ends_in_speech: true,
};
