import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { RunDetails, RunSummary } from '#libs/embeddings';
import { contractTime, timeSchema } from '../http/wire-format.js';
import { EmbeddingEngineDto, engineDto, SampleScoreDto, TestSampleDto, testSampleDto } from './embeddings.answers.js';

export const exampleRunId = '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44';

@ApiSchema({ name: 'EmbeddingRun' })
export class EmbeddingRunDto {
  @ApiProperty({ type: String, format: 'uuid', description: 'Id of the run.', example: exampleRunId })
  readonly run_id: string;

  @ApiProperty({ type: String, description: 'TTS type of the embeddings.', example: 'kyutai' })
  readonly tts_type: string;

  @ApiProperty({ type: EmbeddingEngineDto, nullable: true, description: 'Engine; null if it was not recorded.' })
  readonly engine: EmbeddingEngineDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Language of the test sentences (BCP 47); null if it was not recorded.',
    example: 'en',
  })
  readonly language: string | null;

  @ApiProperty({ ...timeSchema, description: 'When the run ended.' })
  readonly created_at: string;

  @ApiProperty({
    type: Boolean,
    description: 'Whether the voice uses the embeddings of this run for the TTS type.',
    example: true,
  })
  readonly current: boolean;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Number of embedded samples.', example: 12 })
  readonly sample_count: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: -1,
    maximum: 1,
    description: 'Score of the best sample; null if none was scored. Compare only scores of the same `engine.scorer`.',
    example: 0.92,
  })
  readonly best_score: number | null;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    minimum: 0,
    description: 'Size of its embeddings and test samples in bytes.',
    example: 113213,
  })
  readonly bytes: number;
}

@ApiSchema({ name: 'RunTestSample' })
class RunTestSampleDto extends TestSampleDto {
  @ApiProperty({
    type: String,
    format: 'uri',
    description: 'URL of its audio. It needs no API key and is valid for one hour.',
    example: 'https://...',
  })
  readonly url: string;
}

@ApiSchema({ name: 'EmbeddingRunDetails' })
export class EmbeddingRunDetailsDto extends EmbeddingRunDto {
  @ApiProperty({
    type: [String],
    description: 'Test sentences: `sentence_index` 1 is the first one. Empty if they were not recorded.',
    example: ['The quick brown fox jumps over the lazy dog.'],
  })
  readonly test_sentences: string[];

  @ApiProperty({ type: [SampleScoreDto], description: 'Scores of the samples, best first.' })
  readonly sample_scores: SampleScoreDto[];

  @ApiProperty({ type: [RunTestSampleDto], description: 'Sentences spoken with the embeddings.' })
  readonly test_samples: RunTestSampleDto[];

  @ApiProperty({
    type: String,
    format: 'uri',
    description: 'URL of the embeddings as a ZIP. It needs no API key and is valid for one hour.',
    example: 'https://...',
  })
  readonly embedding_zip_url: string;
}

export const runExample: EmbeddingRunDto = {
  run_id: exampleRunId,
  tts_type: 'kyutai',
  engine: {
    name: 'pocket-tts',
    version: '4.0.1',
    model: 'english_6l',
    revision: '3f1c9a2',
    scorer: 'wavlm-base-plus-sv@feb593a',
  },
  language: 'en',
  created_at: '2025-01-15T10:30:00Z',
  current: true,
  sample_count: 12,
  best_score: 0.92,
  bytes: 113213,
};

export const runDetailsExample: EmbeddingRunDetailsDto = {
  ...runExample,
  test_sentences: ['The quick brown fox jumps over the lazy dog.'],
  sample_scores: [
    { sample_index: 3, score: 0.92 },
    { sample_index: 1, score: 0.88 },
  ],
  test_samples: [{ sample_index: 1, sentence_index: 1, filename: 'test_1_1.opus', duration: 3.2, url: 'https://...' }],
  embedding_zip_url: 'https://...',
};

export function runDto(run: RunSummary): EmbeddingRunDto {
  return {
    run_id: run.id,
    tts_type: run.ttsType,
    engine: run.engine && engineDto(run.engine),
    language: run.language,
    created_at: contractTime(run.createdAt),
    current: run.isCurrent,
    sample_count: run.sampleCount,
    best_score: run.bestScore,
    bytes: run.bytes,
  };
}

/** @param sign returns a URL of an object of the run */
export function runDetailsDto(details: RunDetails, sign: RunUrls): EmbeddingRunDetailsDto {
  const { run } = details;
  return {
    ...runDto(details),
    test_sentences: [...run.testSentences],
    sample_scores: run.scores.map(({ sampleIndex, score }) => ({ sample_index: sampleIndex, score })),
    test_samples: (run.testSamples ?? []).map((test) => {
      const dto = testSampleDto(test);
      return { ...dto, url: sign.audio(test.objectKey, dto.filename) };
    }),
    embedding_zip_url: sign.zip(run.archiveKey, run.ttsType),
  };
}

/** Signs the URLs of a run's files. */
export interface RunUrls {
  readonly audio: (key: string, filename: string) => string;
  readonly zip: (key: string, ttsType: string) => string;
}
