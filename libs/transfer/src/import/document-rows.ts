import type { QualityFigures } from '#libs/audio';
import type { ImportedConsent } from '#libs/consent';
import type { MovedEmbedding, MovedRun } from '#libs/embeddings';
import type { StoredSample } from '#libs/samples';
import { embeddingZipKey, type GenerationId } from '#libs/storage';
import { storedLabels, type ImportedColumns } from '#libs/voices';
import type {
  DocumentConsent,
  DocumentEmbedding,
  DocumentFile,
  DocumentQuality,
  DocumentRun,
  VoiceDocument,
} from '../voice-document.js';

/** A file of an archive, durable in storage. */
export interface StoredEntry {
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** As ZIP archives need it (PKWARE APPNOTE 4.4.7). */
  readonly crc32: number;
}

/** What an import knows of its files. */
export interface StoredFiles {
  readonly of: GenerationId;
  /** By entry. */
  readonly entries: ReadonlyMap<string, StoredEntry>;
  /** The analysis track of the original; null without an original. */
  readonly track: { readonly analysisKey: string; readonly analysisBytes: number } | null;
}

/** The rows of an imported voice, by the libs that write them. */
export interface DocumentRows {
  readonly voice: ImportedColumns;
  readonly samples: readonly StoredSample[];
  readonly embeddings: readonly MovedEmbedding[];
  readonly consents: readonly ImportedConsent[];
}

/** Returns the rows that a document describes. */
export function documentRows(document: VoiceDocument, files: StoredFiles): DocumentRows {
  return {
    voice: voiceOf(document, files),
    samples: document.samples.map(({ index, source_start: sourceStartSeconds, duration, quality, file }) => {
      const { objectKey, bytes, sha256 } = storedFile(files, file);
      const stored = { objectKey, bytes, sha256, quality: quality && figuresOf(quality) };
      return { index, sourceStartSeconds, durationSeconds: duration, ...stored };
    }),
    embeddings: document.embeddings.map((embedding, place) => embeddingOf(embedding, place, files)),
    consents: document.consents.map((consent) => consentOf(consent, files)),
  };
}

function voiceOf(document: VoiceDocument, files: StoredFiles): ImportedColumns {
  const { original, preferred_sample: preferred, status, errors, samples } = document;
  const stored = original?.file ? storedFile(files, original.file) : null;
  return {
    creatorName: document.creator_name,
    creatorEmail: document.creator_email,
    description: document.description,
    labels: storedLabels(new Map(Object.entries(document.labels))) ?? [],
    language: document.language,
    createdAt: new Date(document.created_at),
    originalUploadedName: original?.uploaded_name ?? null,
    originalDurationSeconds: original?.duration ?? null,
    originalRemovedAt: timeOrNull(original?.removed_at),
    originalMissing: (original?.missing ?? []).map(({ at, seconds }) => ({ atSeconds: at, seconds })),
    warnings: [...document.warnings],
    originalKey: stored?.objectKey ?? null,
    originalBytes: stored?.bytes ?? null,
    analysisKey: files.track?.analysisKey ?? null,
    analysisBytes: files.track?.analysisBytes ?? null,
    splittingStatus: status.splitting,
    embeddingStatus: status.embedding,
    splittingError: errors.splitting,
    embeddingError: errors.embedding,
    embeddingType: document.embedding_type,
    nextSampleIndex: document.next_sample_index,
    sampleCount: samples.length,
    preferredSampleIndex: preferred?.index ?? null,
    preferredBy: preferred?.chosen_by ?? null,
  };
}

function embeddingOf(embedding: DocumentEmbedding, place: number, files: StoredFiles): MovedEmbedding {
  const { run } = embedding;
  return {
    ttsType: embedding.tts_type,
    lastUpdateStatus: embedding.last_update_status,
    lastUpdateTime: new Date(embedding.last_update_time),
    isStale: embedding.stale,
    showsResults: embedding.shows_results,
    run: run && runOf(run, place, files),
  };
}

function runOf(run: DocumentRun, place: number, files: StoredFiles): MovedRun {
  return {
    archiveKey: embeddingZipKey({ ...files.of, run: place + 1 }),
    archiveBytes: run.archive?.bytes ?? 0,
    engine: run.engine,
    language: run.language,
    testSentences: [...run.test_sentences],
    sampleEmbeddings: run.embeddings.map((made) => ({
      sampleIndex: made.sample_index,
      sampleSha256: made.sample_sha256 ?? '',
      score: made.score,
      secondsUsed: made.seconds_used,
      ...storedFile(files, made.file),
    })),
    samples: run.samples && run.samples.map(({ sample_index: sampleIndex, sha256 }) => ({ sampleIndex, sha256 })),
    createdAt: new Date(run.created_at),
    scores: run.scores.map(({ sample_index: sampleIndex, score, lowest_part_score: lowestPartScore }) => ({
      sampleIndex,
      score,
      lowestPartScore,
    })),
    failedSamples: run.failed_samples.map(({ sample_index: sampleIndex, message }) => ({ sampleIndex, message })),
    testSamples: run.test_samples.map(
      ({ sample_index: sampleIndex, sentence_index: sentenceIndex, duration, file }) => {
        const { objectKey, bytes, sha256 } = storedFile(files, file);
        return { sampleIndex, sentenceIndex, durationSeconds: duration, objectKey, bytes, sha256 };
      },
    ),
  };
}

function consentOf(consent: DocumentConsent, files: StoredFiles): ImportedConsent {
  const { file, recording, similarity } = consent;
  const proof = file && storedFile(files, file);
  const converted = recording && storedFile(files, recording);
  return {
    statement: consent.statement,
    language: consent.language,
    grantedBy: consent.granted_by,
    method: consent.method,
    textVersion: consent.text_version,
    file: file && proof && { name: file.name, objectKey: proof.objectKey, bytes: proof.bytes, sha256: proof.sha256 },
    recording: recording &&
      converted && {
        objectKey: converted.objectKey,
        durationSeconds: recording.duration,
        bytes: converted.bytes,
        sha256: converted.sha256,
      },
    similarity: similarity && {
      score: similarity.score,
      scorer: similarity.scorer,
      measuredAt: similarity.measured_at,
    },
    createdAt: new Date(consent.created_at),
    revokedAt: timeOrNull(consent.revoked_at),
  };
}

function storedFile({ entries }: StoredFiles, { entry }: DocumentFile): StoredEntry {
  const stored = entries.get(entry);
  if (stored === undefined) throw new Error(`The entry ${entry} is not stored`);
  return stored;
}

const timeOrNull = (time: string | null | undefined): Date | null => (time ? new Date(time) : null);

const figuresOf = (quality: DocumentQuality): QualityFigures => ({
  speechRatio: quality.speech_ratio,
  loudnessLufs: quality.loudness_lufs,
  peakDbfs: quality.peak_dbfs,
  clippedRatio: quality.clipped_ratio,
  snrDb: quality.snr_db,
  bandwidthHz: quality.bandwidth_hz,
  startsInSpeech: quality.starts_in_speech,
  endsInSpeech: quality.ends_in_speech,
});
