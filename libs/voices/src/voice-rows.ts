import {
  VoiceEntity,
  type EmbedParams,
  type ShownEmbedding,
  type StoredMissingAudio,
  type Transaction,
} from '#libs/database';
import { emitEvent } from '#libs/events';
import { moveStatus } from './voice-status.js';
import {
  mergeWarnings,
  sampleNotEmbedded,
  withoutNotEmbedded,
  type NotEmbeddedSample,
  type VoiceWarning,
} from './voice-warning.js';

// Writes to the `voices` table for samples and embeddings. Run them inside a transaction that holds the voice's row:
// `changeVoice` opens one for a request, `commitFenced` for a job.

/** Returns whether a sample could have this index: 1 to Postgres' largest integer. */
export function isSampleIndex(index: number): boolean {
  return index >= 1 && index <= 2_147_483_647;
}

/** Writes columns of a voice and `updated_at`, and emits `voice.updated`. */
export async function updateVoice(
  tx: Transaction,
  voiceId: string,
  columns: Parameters<typeof tx.update<VoiceEntity>>[2],
): Promise<void> {
  await tx.update(VoiceEntity, { id: voiceId }, { ...columns, updatedAt: () => 'now()' });
  await emitEvent(tx, { type: 'voice.updated', voiceId });
}

/** Takes the next free index for a new sample and counts it. @returns the index, which was never used before */
export async function takeSampleIndex(tx: Transaction, voice: VoiceEntity): Promise<number> {
  const index = voice.nextSampleIndex;
  await updateVoice(tx, voice.id, { nextSampleIndex: index + 1, sampleCount: voice.sampleCount + 1 });
  return index;
}

/** Counts a sample out. A preference for it and a warning about it are cleared; its index is not used again. */
export async function releaseSampleIndex(tx: Transaction, voice: VoiceEntity, index: number): Promise<void> {
  const wasPreferred = voice.preferredSampleIndex === index;
  await updateVoice(tx, voice.id, {
    sampleCount: voice.sampleCount - 1,
    warnings: withoutNotEmbedded(voice.warnings, index),
    ...(wasPreferred && { preferredSampleIndex: null, preferredBy: null }),
  });
}

/** A converted recording, durable in storage. */
export interface NewOriginal {
  readonly objectKey: string;
  readonly bytes: number;
  /** The analysis track of it, durable in storage. */
  readonly analysisKey: string;
  readonly analysisBytes: number;
  readonly durationSeconds: number;
  /** Where the recording had audio that this lacks. */
  readonly missing: readonly StoredMissingAudio[];
}

/** Names the analysis track of a voice's original. Clients see no change: `updated_at` stays. */
export async function setAnalysisTrack(
  tx: Transaction,
  voiceId: string,
  track: Pick<NewOriginal, 'analysisKey' | 'analysisBytes'>,
): Promise<void> {
  const { analysisKey, analysisBytes } = track;
  await tx.update(VoiceEntity, { id: voiceId }, { analysisKey, analysisBytes });
}

/** What a commit of a split changes in the voice's row. */
interface SplitOutcome {
  /** Number of the samples that replaced all earlier ones. */
  readonly sampleCount?: number | undefined;
  /** The stored original, which replaces the upload. */
  readonly original?: NewOriginal | undefined;
  /** They replace earlier warnings of the same codes. */
  readonly warnings?: readonly VoiceWarning[] | undefined;
  /** Whether nothing is left to do for this split. */
  readonly isComplete: boolean;
}

/**
 * Writes what a split has made so far. With new samples, the preference and warnings about samples are cleared, indexes
 * start again, and an earlier embedding is no longer current.
 */
export async function applySplit(tx: Transaction, voice: VoiceEntity, outcome: SplitOutcome): Promise<void> {
  const { sampleCount, original, warnings, isComplete } = outcome;
  const known = sampleCount === undefined ? voice.warnings : withoutNotEmbedded(voice.warnings);
  await updateVoice(tx, voice.id, {
    ...(sampleCount !== undefined && {
      sampleCount,
      nextSampleIndex: sampleCount + 1,
      preferredSampleIndex: null,
      preferredBy: null,
    }),
    ...(sampleCount !== undefined &&
      voice.embeddingStatus !== 'idle' && {
        embeddingStatus: moveStatus(voice.embeddingStatus, 'idle'),
        embeddingError: null,
      }),
    ...(original && {
      originalKey: original.objectKey,
      originalBytes: original.bytes,
      analysisKey: original.analysisKey,
      analysisBytes: original.analysisBytes,
      originalDurationSeconds: original.durationSeconds,
      originalMissing: [...original.missing],
      uploadFacts: null,
      uploadKey: null,
      uploadBytes: null,
      uploadKeptUntil: null,
    }),
    warnings: mergeWarnings(known, warnings ?? []),
    ...(isComplete && { splittingStatus: moveStatus(voice.splittingStatus, 'completed'), splittingError: null }),
  });
  if (!isComplete) return;
  const data = { sample_count: sampleCount ?? voice.sampleCount };
  await emitEvent(tx, { type: 'voice.split.completed', voiceId: voice.id, data });
}

/** What a successful embedding changes in the voice's row. */
interface EmbeddingOutcome {
  /** The sample that stands for the voice; null when none was scored. */
  readonly bestSampleIndex: number | null;
  /** Warnings about them replace those of the last run. */
  readonly failedSamples: readonly NotEmbeddedSample[];
}

/**
 * Completes the voice's embedding. The best sample becomes the preferred one, unless a person chose one. Of a tts type that
 * is not the voice's, nothing is shown.
 */
export async function completeEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  { ttsType, shownBefore = { status: 'completed', error: null } }: EmbedParams,
  outcome: EmbeddingOutcome,
): Promise<void> {
  if (ttsType === voice.embeddingType) await applyEmbedding(tx, voice, outcome);
  else await showEmbedding(tx, voice, shownBefore);
  const data = { tts_type: ttsType };
  await emitEvent(tx, { type: 'voice.embedding.completed', voiceId: voice.id, data });
}

/**
 * Ends the status `in_progress` of a voice with what it is to show. `idle`, which it showed before an embedding of
 * another tts type, passes through `completed` in one transaction, which nobody sees.
 */
export async function showEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  { status, error }: ShownEmbedding,
): Promise<void> {
  const ended = moveStatus(voice.embeddingStatus, status === 'failed' ? 'failed' : 'completed');
  const embeddingStatus = status === 'idle' ? moveStatus(ended, 'idle') : ended;
  await updateVoice(tx, voice.id, { embeddingStatus, embeddingError: error });
}

/**
 * Applies the outcome of an earlier embedding again; its tts type becomes the voice's. The status passes through
 * `in_progress` in one transaction, which nobody sees. No run has completed, so that the event is `voice.updated`.
 */
export async function restoreEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  ttsType: string,
  outcome: EmbeddingOutcome,
): Promise<void> {
  const embeddingStatus = moveStatus(voice.embeddingStatus, 'in_progress');
  await updateVoice(tx, voice.id, { embeddingType: ttsType });
  await applyEmbedding(tx, { ...voice, embeddingStatus }, outcome);
}

async function applyEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  { bestSampleIndex, failedSamples }: EmbeddingOutcome,
): Promise<void> {
  await updateVoice(tx, voice.id, {
    embeddingStatus: moveStatus(voice.embeddingStatus, 'completed'),
    embeddingError: null,
    warnings: [...withoutNotEmbedded(voice.warnings), ...failedSamples.map(sampleNotEmbedded)],
  });
  if (voice.preferredBy !== 'person') await preferByScore(tx, voice.id, bestSampleIndex);
}

/** Sets the preferred sample that the scores choose; null if they choose none. */
export async function preferByScore(tx: Transaction, voiceId: string, index: number | null): Promise<void> {
  await updateVoice(tx, voiceId, { preferredSampleIndex: index, preferredBy: index === null ? null : 'score' });
}
