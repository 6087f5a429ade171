import type { EmbedParams, SplitParams, Transaction, VoiceEntity } from '#libs/database';
import { emitEvent } from '#libs/events';
import { insertJob } from '#libs/jobs';
import { refuseWithoutConsent, type ConsentRule } from './consent-rule.js';
import { showEmbedding, updateVoice } from './voice-rows.js';
import { moveStatus } from './voice-status.js';

/**
 * Starts and failures of processing. A job's row and its voice's status move in one transaction, which must hold the
 * voice's row.
 */

/** How long the upload of a failed first split is kept, so that POST split can try again. */
const keepUploadDays = 7;

/** Starts a split. @returns the job's id */
export async function startSplitting(tx: Transaction, voice: VoiceEntity, params: SplitParams): Promise<string> {
  await updateVoice(tx, voice.id, {
    splittingStatus: moveStatus(voice.splittingStatus, 'in_progress'),
    splittingError: null,
    uploadKeptUntil: null,
  });
  return insertJob(tx, { voiceId: voice.id, partnerId: voice.partnerId, kind: 'split', params });
}

/**
 * Starts an embedding. Its tts type becomes the voice's, unless nobody has asked for it: then the voice shows
 * again what it showed before when the job has ended. Every way to an embedding passes here.
 *
 * @param isBackground whether Timbre starts it by itself
 * @returns the job's id
 * @throws AppError `no_consent`; nothing is written then
 */
export async function startEmbedding(
  tx: Transaction,
  voice: VoiceEntity,
  params: EmbedParams,
  rule: ConsentRule,
  isBackground = false,
): Promise<string> {
  await refuseWithoutConsent(tx, voice.id, rule);
  await updateVoice(tx, voice.id, {
    embeddingStatus: moveStatus(voice.embeddingStatus, 'in_progress'),
    embeddingError: null,
    ...(isBackground ? {} : { embeddingType: params.ttsType }),
  });
  const { id: voiceId, partnerId, embeddingStatus: status, embeddingError: error } = voice;
  const isShown = !isBackground || params.ttsType === voice.embeddingType;
  const all = isShown ? params : { ...params, shownBefore: { status, error } };
  return insertJob(tx, { voiceId, partnerId, kind: 'embed', params: all, isBackground });
}

/** Sets the splitting status to `failed` and unlocks the voice. Everything that was committed stays. */
export async function markSplittingFailed(tx: Transaction, voice: VoiceEntity, sentence: string): Promise<void> {
  const keepUpload = voice.uploadKey !== null && voice.originalKey === null;
  await updateVoice(tx, voice.id, {
    splittingStatus: moveStatus(voice.splittingStatus, 'failed'),
    splittingError: sentence,
    ...(keepUpload ? { uploadKeptUntil: () => `now() + interval '${keepUploadDays} days'` } : {}),
  });
  await emitEvent(tx, { type: 'voice.split.failed', voiceId: voice.id, data: { error: sentence } });
}

/** A failed embedding. */
interface FailedEmbedding {
  readonly params: Pick<EmbedParams, 'ttsType' | 'shownBefore'>;
  readonly sentence: string;
}

/**
 * Sets the embedding status to `failed`, or to what the voice showed before, and unlocks the voice. The last good
 * embedding stays.
 */
export async function markEmbeddingFailed(
  tx: Transaction,
  voice: VoiceEntity,
  { params: { ttsType, shownBefore }, sentence }: FailedEmbedding,
): Promise<void> {
  await showEmbedding(tx, voice, shownBefore ?? { status: 'failed', error: sentence });
  const data = { tts_type: ttsType, error: sentence };
  await emitEvent(tx, { type: 'voice.embedding.failed', voiceId: voice.id, data });
}

/**
 * Fails an embedding that may not start: its status passes through `in_progress` in one transaction, which nobody sees.
 */
export async function markEmbeddingRefused(tx: Transaction, voice: VoiceEntity, sentence: string): Promise<void> {
  await markEmbeddingFailed(
    tx,
    { ...voice, embeddingStatus: moveStatus(voice.embeddingStatus, 'in_progress') },
    { params: { ttsType: voice.embeddingType }, sentence },
  );
}
