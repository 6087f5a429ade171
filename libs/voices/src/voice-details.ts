import { clockTime } from '#libs/audio';
import type { JobProgress, ProcessingStatus, UpdateStatus } from '#libs/database';
import type { VoiceWarning } from './voice-warning.js';

/** One row of the voice list, as the contract shows it. */
export interface VoiceSummary {
  readonly name: string;
  readonly has_original: boolean;
  readonly sample_count: number;
  readonly splitting_status: ProcessingStatus;
  readonly embedding_status: ProcessingStatus;
  readonly creator_name: string | null;
  readonly creator_email: string | null;
}

export interface SampleDetails {
  readonly index: number;
  /** `MM:SS`, from one hour on `HH:MM:SS`; null for uploaded samples. */
  readonly source_timestamp: string | null;
  /** Seconds, at most 3 decimals. */
  readonly duration: number;
}

export interface EmbeddingInfo {
  readonly tts_type: string;
  readonly last_update_status: UpdateStatus;
  readonly last_update_time: string;
  readonly test_samples: readonly {
    readonly sample_index: number;
    readonly sentence_index: number;
    readonly filename: string;
  }[];
  readonly sample_scores: readonly { readonly sample_index: number; readonly score: number }[];
  readonly stale: boolean;
}

/** A voice's details, as the contract shows them. */
export interface VoiceDetails {
  readonly name: string;
  readonly original_filename: string | null;
  readonly original_uploaded_name: string | null;
  readonly original_duration: number | null;
  readonly status: { readonly splitting: ProcessingStatus; readonly embedding: ProcessingStatus };
  readonly errors: { readonly splitting: string | null; readonly embedding: string | null };
  /** Of the recording; empty when all is well. */
  readonly warnings: readonly VoiceWarning[];
  readonly progress: JobProgress | null;
  readonly samples: readonly SampleDetails[];
  readonly embedding_info: EmbeddingInfo | null;
  readonly embedding_type: string;
  readonly embedding_zip_url: string | null;
  readonly preferred_sample_index: number | null;
  readonly creator_name: string | null;
  readonly creator_email: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What Postgres tells of a voice in one statement. */
export interface VoiceRow {
  readonly id: string;
  readonly name: string;
  readonly originalFilename: string | null;
  readonly originalUploadedName: string | null;
  readonly originalDurationSeconds: number | null;
  readonly splittingStatus: ProcessingStatus;
  readonly embeddingStatus: ProcessingStatus;
  readonly splittingError: string | null;
  readonly embeddingError: string | null;
  readonly warnings: readonly VoiceWarning[];
  readonly embeddingType: string;
  readonly preferredSampleIndex: number | null;
  readonly creatorName: string | null;
  readonly creatorEmail: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly progress: JobProgress | null;
  readonly samples: readonly { index: number; start: number | null; duration: number }[];
  readonly lastUpdateStatus: UpdateStatus | null;
  readonly lastUpdateTime: Date | null;
  readonly zipKey: string | null;
  readonly scores: readonly { sampleIndex: number; score: number }[] | null;
  readonly stale: boolean | null;
  readonly testSamples: readonly { sample: number; sentence: number }[];
}

/** `YYYY-MM-DDTHH:MM:SSZ`, whole seconds. */
export function contractTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** Seconds with at most 3 decimals. */
export function contractSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** `MM:SS`, from one hour on `HH:MM:SS`; whole seconds, rounded down. */
export function sourceTimestamp(startSeconds: number | null): string | null {
  return startSeconds === null ? null : clockTime(startSeconds);
}

/** `test_{sample_index}_{sentence_index}.opus` */
export function testSampleFilename(sampleIndex: number, sentenceIndex: number): string {
  return `test_${sampleIndex}_${sentenceIndex}.opus`;
}

function embeddingInfo(row: VoiceRow): EmbeddingInfo | null {
  if (row.lastUpdateStatus === null || row.lastUpdateTime === null) return null;
  return {
    tts_type: row.embeddingType,
    last_update_status: row.lastUpdateStatus,
    last_update_time: contractTime(row.lastUpdateTime),
    test_samples: row.testSamples.map(({ sample, sentence }) => ({
      sample_index: sample,
      sentence_index: sentence,
      filename: testSampleFilename(sample, sentence),
    })),
    sample_scores: (row.scores ?? []).map(({ sampleIndex, score }) => ({ sample_index: sampleIndex, score })),
    stale: row.stale ?? false,
  };
}

/** A voice's details in the contract's shape. */
export function describeVoice(row: VoiceRow, embeddingZipUrl: string | null): VoiceDetails {
  return {
    name: row.name,
    original_filename: row.originalFilename,
    original_uploaded_name: row.originalUploadedName,
    original_duration: row.originalDurationSeconds === null ? null : contractSeconds(row.originalDurationSeconds),
    status: { splitting: row.splittingStatus, embedding: row.embeddingStatus },
    errors: { splitting: row.splittingError, embedding: row.embeddingError },
    warnings: row.warnings.map(({ code, message }) => ({ code, message })),
    progress: row.progress && { stage: row.progress.stage, done: row.progress.done, of: row.progress.of },
    samples: row.samples.map(({ index, start, duration }) => ({
      index,
      source_timestamp: sourceTimestamp(start),
      duration: contractSeconds(duration),
    })),
    embedding_info: embeddingInfo(row),
    embedding_type: row.embeddingType,
    embedding_zip_url: embeddingZipUrl,
    preferred_sample_index: row.preferredSampleIndex,
    creator_name: row.creatorName,
    creator_email: row.creatorEmail,
    created_at: contractTime(row.createdAt),
    updated_at: contractTime(row.updatedAt),
  };
}
