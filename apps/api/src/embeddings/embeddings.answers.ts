import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { testSampleFilename, type TestSampleInfo } from '#libs/embeddings';
import { staleReasonMeanings, type EmbeddingInfo, type StaleReason } from '#libs/voices';
import { audioUrlSchema, contractSeconds, contractTime } from '../http/wire-format.js';

class TestSampleReference {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Index of the sample that was used.', example: 1 })
  readonly sample_index: number;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Number of the sentence that is spoken.', example: 1 })
  readonly sentence_index: number;

  @ApiProperty({ type: String, description: 'File name to download it by.', example: 'test_1_1.opus' })
  readonly filename: string;
}

@ApiSchema({ name: 'TestSampleName' })
export class TestSampleNameDto extends TestSampleReference {
  @ApiProperty({ ...audioUrlSchema, description: 'URL of its audio. Only in voice details with `audio_urls=true`.' })
  readonly url?: string;
}

@ApiSchema({ name: 'TestSample' })
export class TestSampleDto extends TestSampleReference {
  @ApiProperty({ type: Number, description: 'Length in seconds.', example: 3.2 })
  readonly duration: number;
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

@ApiSchema({ name: 'EmbeddingEngine' })
export class EmbeddingEngineDto {
  @ApiProperty({ type: String, description: 'Name of the engine.', example: 'pocket-tts' })
  readonly name: string;

  @ApiProperty({ type: String, description: 'Version of the engine.', example: '4.0.1' })
  readonly version: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Model that made the embeddings. They do not work in another one. null if the engine names none.',
    example: 'english_6l',
  })
  readonly model: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Revision of the model; null if the engine names none.',
    example: '3f1c9a2',
  })
  readonly revision: string | null;

  @ApiProperty({
    type: String,
    description: 'What made the scores. Scores of two scorers cannot be compared.',
    example: 'wavlm-base-plus-sv@feb593a',
  })
  readonly scorer: string;
}

@ApiSchema({ name: 'EmbeddingInfo' })
export class EmbeddingInfoDto {
  @ApiProperty({ type: String, description: 'TTS type that these results belong to.', example: 'kyutai' })
  readonly tts_type: string;

  @ApiProperty({
    enum: ['success', 'failed'],
    enumName: 'EmbeddingOutcome',
    description: 'How the last run ended. After a failure the other fields keep the last successful results.',
    example: 'success',
  })
  readonly last_update_status: 'success' | 'failed';

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the last run ended, or an earlier one was restored.',
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

  @ApiProperty({
    type: [String],
    description: `Why an embedding of today would differ from this one; empty if it would not. More reasons may be added. ${meanings(staleReasonMeanings)}`,
    example: [],
  })
  readonly stale_reasons: StaleReason[];

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'Id of the run that made the embedding: the last successful one, or one that was restored. null until one succeeds.',
    example: '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44',
  })
  readonly run_id: string | null;

  @ApiProperty({
    type: EmbeddingEngineDto,
    nullable: true,
    description: 'Engine of that run; null if it was not recorded.',
  })
  readonly engine: EmbeddingEngineDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Language of the test sentences of that run (BCP 47); null if it was not recorded.',
    example: 'en',
  })
  readonly language: string | null;

  @ApiProperty({
    type: [String],
    description: 'Test sentences of that run: `sentence_index` 1 is the first one. Empty if they were not recorded.',
    example: ['The quick brown fox jumps over the lazy dog.'],
  })
  readonly test_sentences: string[];
}

/** Lists codes with their meanings. */
function meanings(codes: Readonly<Record<string, string>>): string {
  return Object.entries(codes)
    .map(([code, meaning]) => `\`${code}\`: ${meaning}.`)
    .join(' ');
}

function testSampleNameDto(test: EmbeddingInfo['testSamples'][number]): TestSampleNameDto {
  return {
    sample_index: test.sampleIndex,
    sentence_index: test.sentenceIndex,
    filename: testSampleFilename(test.sampleIndex, test.sentenceIndex),
  };
}

export function testSampleDto(test: TestSampleInfo): TestSampleDto {
  return { ...testSampleNameDto(test), duration: contractSeconds(test.durationSeconds) };
}

export function engineDto(engine: NonNullable<EmbeddingInfo['engine']>): EmbeddingEngineDto {
  const { name, version, model, revision, scorer } = engine;
  return { name, version, model, revision, scorer };
}

export function embeddingInfoDto(embedding: EmbeddingInfo): EmbeddingInfoDto {
  return {
    tts_type: embedding.ttsType,
    last_update_status: embedding.lastUpdateStatus,
    last_update_time: contractTime(embedding.lastUpdateTime),
    test_samples: embedding.testSamples.map(testSampleNameDto),
    sample_scores: embedding.scores.map(({ sampleIndex, score }) => ({ sample_index: sampleIndex, score })),
    stale: embedding.stale,
    stale_reasons: [...embedding.staleReasons],
    run_id: embedding.runId,
    engine: embedding.engine && engineDto(embedding.engine),
    language: embedding.language,
    test_sentences: [...embedding.testSentences],
  };
}
