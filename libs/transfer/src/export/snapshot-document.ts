import { labelPairs } from '#libs/voices';
import type { QualityFigures } from '#libs/audio';
import type { ProcessingStatus, StoredScore } from '#libs/database';
import type { StoredObject } from '#libs/storage';
import {
  consentFileEntry,
  consentRecordingEntry,
  embeddingArchiveEntry,
  originalEntry,
  sampleEmbeddingEntry,
  sampleEntry,
  testSampleEntry,
} from '../entry-names.js';
import {
  documentFormat,
  type DocumentConsent,
  type DocumentEmbedding,
  type DocumentFile,
  type DocumentQuality,
  type DocumentRun,
  type VoiceDocument,
} from '../voice-document.js';
import type { ConsentRow, EmbeddingRow, RunRow, VoiceSnapshot } from './voice-snapshot.js';

/** Returns what is known of the object with this key. */
type Known = (objectKey: string) => StoredObject;

/** `voice.json`, and which object each of its entries is. */
export interface SnapshotDocument {
  readonly document: VoiceDocument;
  readonly keys: ReadonlyMap<string, string>;
}

/** Writes what a snapshot says as `voice.json`. The same voice gives the same document, wherever it is stored. */
export function snapshotDocument(snapshot: VoiceSnapshot, known: Known): SnapshotDocument {
  const keys = new Map<string, string>();
  const file = (entry: string, objectKey: string): DocumentFile => {
    keys.set(entry, objectKey);
    const { bytes, sha256 } = known(objectKey);
    return { entry, bytes, sha256 };
  };
  const { preferredSampleIndex, preferredBy } = snapshot;
  const document: VoiceDocument = {
    format: documentFormat,
    name: snapshot.name,
    language: snapshot.language,
    labels: Object.fromEntries(labelPairs(snapshot.labels)),
    description: snapshot.description,
    creator_name: snapshot.creatorName,
    creator_email: snapshot.creatorEmail,
    created_at: snapshot.createdAt,
    status: statusOf(snapshot),
    errors: {
      splitting: snapshot.splittingStatus === 'failed' ? snapshot.splittingError : null,
      embedding: snapshot.embeddingStatus === 'failed' ? snapshot.embeddingError : null,
    },
    warnings: snapshot.warnings.map(({ code, message }) => ({ code, message })),
    embedding_type: snapshot.embeddingType,
    preferred_sample:
      preferredSampleIndex === null || preferredBy === null
        ? null
        : { index: preferredSampleIndex, chosen_by: preferredBy },
    next_sample_index: snapshot.nextSampleIndex,
    original: originalOf(snapshot, file),
    samples: snapshot.samples.map((sample) => ({
      index: sample.index,
      source_start: sample.sourceStartSeconds,
      duration: sample.durationSeconds,
      quality: sample.quality && qualityOf(sample.quality),
      file: file(sampleEntry(sample.index), sample.objectKey),
    })),
    embeddings: snapshot.embeddings.map((embedding) => embeddingOf(embedding, file)),
    consents: consentsOf(snapshot.consents, file),
  };
  return { document, keys };
}

type Filed = (entry: string, objectKey: string) => DocumentFile;

/** Processing is not exported, so the status says what the voice has. */
function statusOf(snapshot: VoiceSnapshot): VoiceDocument['status'] {
  const { splittingStatus, embeddingStatus, embeddingType, embeddings } = snapshot;
  const settled = (status: ProcessingStatus, hasResult: boolean): VoiceDocument['status']['splitting'] =>
    status !== 'in_progress' ? status : hasResult ? 'completed' : 'idle';
  const isEmbedded = embeddings.some(({ ttsType, run }) => ttsType === embeddingType && run !== null);
  return {
    splitting: settled(splittingStatus, snapshot.originalKey !== null || snapshot.samples.length > 0),
    embedding: settled(embeddingStatus, isEmbedded),
  };
}

function originalOf(snapshot: VoiceSnapshot, file: Filed): VoiceDocument['original'] {
  const { originalUploadedName, originalRemovedAt, originalKey } = snapshot;
  if (originalUploadedName === null && originalRemovedAt === null && originalKey === null) return null;
  return {
    uploaded_name: originalUploadedName,
    duration: snapshot.originalDurationSeconds,
    removed_at: originalRemovedAt,
    missing: snapshot.originalMissing.map(({ atSeconds, seconds }) => ({ at: atSeconds, seconds })),
    file: originalKey === null ? null : file(originalEntry, originalKey),
  };
}

const qualityOf = (figures: QualityFigures): DocumentQuality => ({
  speech_ratio: figures.speechRatio,
  loudness_lufs: figures.loudnessLufs,
  peak_dbfs: figures.peakDbfs,
  clipped_ratio: figures.clippedRatio,
  snr_db: figures.snrDb,
  bandwidth_hz: figures.bandwidthHz,
  starts_in_speech: figures.startsInSpeech,
  ends_in_speech: figures.endsInSpeech,
});

const scoresOf = (scores: readonly StoredScore[]): DocumentRun['scores'] =>
  scores.map(({ sampleIndex, score, lowestPartScore }) => ({
    sample_index: sampleIndex,
    score,
    lowest_part_score: lowestPartScore,
  }));

function embeddingOf({ run, ...embedding }: EmbeddingRow, file: Filed): DocumentEmbedding {
  return {
    tts_type: embedding.ttsType,
    last_update_status: embedding.lastUpdateStatus,
    last_update_time: embedding.lastUpdateTime,
    stale: embedding.stale,
    shows_results: embedding.showsResults,
    run: run && runOf(embedding.ttsType, run, file),
  };
}

function runOf(ttsType: string, run: RunRow, file: Filed): DocumentRun {
  const { engine, sampleEmbeddings } = run;
  return {
    created_at: run.createdAt,
    engine: engine && {
      name: engine.name,
      version: engine.version,
      model: engine.model,
      revision: engine.revision,
      scorer: engine.scorer,
    },
    language: run.language,
    test_sentences: [...run.testSentences],
    samples:
      run.samples &&
      bySample(run.samples).flatMap(({ sampleIndex, sha256 }) =>
        sha256 ? [{ sample_index: sampleIndex, sha256 }] : [],
      ),
    failed_samples: run.failedSamples.map(({ sampleIndex, message }) => ({ sample_index: sampleIndex, message })),
    scores: scoresOf(run.scores),
    embeddings: bySample(sampleEmbeddings).map((made) => ({
      sample_index: made.sampleIndex,
      sample_sha256: made.sampleSha256 || null, // empty if the sample was deleted before its embedding arrived
      score: made.score,
      seconds_used: made.secondsUsed,
      file: file(sampleEmbeddingEntry(ttsType, made.sampleIndex), made.objectKey),
    })),
    archive: sampleEmbeddings.length > 0 ? null : file(embeddingArchiveEntry(ttsType), run.archiveKey),
    test_samples: bySample(run.testSamples).map((test) => ({
      sample_index: test.sampleIndex,
      sentence_index: test.sentenceIndex,
      duration: test.durationSeconds,
      file: file(testSampleEntry(ttsType, test.sampleIndex, test.sentenceIndex), test.objectKey),
    })),
  };
}

interface OfSample {
  readonly sampleIndex: number;
  readonly sentenceIndex?: number;
}

/** Orders results by sample, then by sentence: handlers deliver them in any order. */
const bySample = <T extends OfSample>(results: readonly T[]): readonly T[] =>
  [...results].sort(
    (one, other) => one.sampleIndex - other.sampleIndex || (one.sentenceIndex ?? 0) - (other.sentenceIndex ?? 0),
  );

/** Orders consents by time, and those of one second by what they say: by nothing that another Timbre would change. */
function consentsOf(rows: readonly ConsentRow[], file: Filed): readonly DocumentConsent[] {
  const keyOf = (row: ConsentRow): string => JSON.stringify(consentOf(row, 0, (entry) => ({ entry, ...hashOf(row) })));
  const inOrder = rows.map((row) => [keyOf(row), row] as const).sort(([one], [other]) => (one < other ? -1 : 1));
  return inOrder.map(([, row], at) => consentOf(row, at + 1, file));
}

const hashOf = ({ file }: ConsentRow): StoredObject => ({ bytes: file?.bytes ?? 0, sha256: file?.sha256 ?? '' });

function consentOf(row: ConsentRow, number: number, filed: Filed): DocumentConsent {
  const { similarity, file, recording } = row;
  return {
    created_at: row.createdAt, // first, so that consents are ordered by it
    revoked_at: row.revokedAt,
    statement: row.statement,
    language: row.language,
    granted_by: row.grantedBy,
    method: row.method,
    text_version: row.textVersion,
    similarity: similarity && {
      score: similarity.score,
      scorer: similarity.scorer,
      measured_at: similarity.measuredAt,
    },
    file: file && { name: file.name, ...filed(consentFileEntry(number, file.name), file.objectKey) },
    recording: recording && {
      duration: recording.durationSeconds,
      ...filed(consentRecordingEntry(number), recording.objectKey),
    },
  };
}
