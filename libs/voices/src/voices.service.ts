import { Inject, Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { uploadWarnings, type RecordingFacts } from '#libs/audio';
import {
  breaksConstraint,
  Database,
  SampleEntity,
  VoiceEntity,
  type SplitParams,
  type Transaction,
} from '#libs/database';
import { AppError } from '#libs/errors';
import { emitEvent } from '#libs/events';
import { Dispatcher } from '#libs/jobs';
import { DownloadUrls, OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { refuseOverQuota } from '#libs/usage';
import { startSplitting } from './processing.js';
import { originalFilename } from './recording-name.js';
import { changeAnyVoice, changeVoice } from './voice-change.js';
import {
  audioKeysOf,
  detailsOf,
  type AudibleVoice,
  type EmbeddedVoice,
  type ListedVoice,
  type VoiceDetails,
  type VoiceRef,
  type VoiceRow,
  type VoiceSummary,
} from './voice-details.js';
import { deleteVoices } from './voice-removal.js';
import { isSampleIndex, updateVoice } from './voice-rows.js';
import type { VoicePage, VoiceSearch } from './voice-search.js';
import { refuseIfLocked } from './voice-status.js';
import { applyUpdate, type VoiceUpdate } from './voice-update.js';
import { VoicesRepository } from './voices.repository.js';

/** The parameters of a split that a request may give. */
export type RequestedSplit = Omit<SplitParams, 'first'>;

/** Parameters of a split for which the request gives none. */
export const splitDefaults = {
  maxSamples: 25,
  sampleDurationSeconds: 15,
  mode: 'fixed',
  minDurationSeconds: 5,
  select: 'first',
} as const satisfies RequestedSplit;

/** Validity of the URL of an embedding's zip. */
const zipUrlSeconds = 3600;

export interface NewVoice {
  /** The caller chooses it, because the recording is stored under it before the row exists. */
  readonly id: string;
  readonly partnerId: string;
  /** Returned by `parseVoiceName`. */
  readonly name: string;
  readonly creatorName: string | null;
  readonly creatorEmail: string | null;
  /** Returned by `canonicalLanguage`. */
  readonly language: string;
  /** Returned by `storedLabels`. None by default. */
  readonly labels?: readonly string[];
  readonly description?: string | null;
}

/** An upload that has been checked and is durable in storage. */
export interface StoredRecording {
  readonly uploadKey: string;
  /** Returned by `uploadedName`. */
  readonly uploadedName: string;
  readonly bytes: number;
  /** null if the file does not state it. */
  readonly durationSeconds: number | null;
  /** What the check found. The conversion probes the recording itself if they are missing. */
  readonly facts?: RecordingFacts;
}

/** Where the original of a voice is stored. Another original never has the same key. */
export interface StoredOriginal {
  readonly voice: VoiceRef;
  readonly objectKey: string;
  readonly bytes: number;
}

/** Voices as requests see them: create, read, rename, delete, prefer a sample. */
@Injectable()
export class VoicesService {
  constructor(
    private readonly database: Database,
    private readonly voices: VoicesRepository,
    private readonly dispatcher: Dispatcher,
    private readonly downloads: DownloadUrls,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
  ) {}

  /** Finds a voice by its exact name or its id. @throws AppError `voice_not_found` */
  async find(partnerId: string, nameOrId: string): Promise<VoiceRef> {
    return existing(await this.voices.find(partnerId, nameOrId));
  }

  /**
   * Creates a voice. With a recording, the same transaction starts splitting and inserts its job.
   *
   * @param split how the recording is split
   * @throws AppError `quota_exceeded` | `voice_exists` | `partner_not_found` (erased meanwhile); the caller then removes
   *   the recording's object
   */
  async create(
    voice: NewVoice,
    recording: StoredRecording | null,
    split: RequestedSplit = splitDefaults,
  ): Promise<VoiceDetails> {
    try {
      await this.database.transaction((tx) => this.insert(tx, voice, recording, split));
    } catch (error) {
      if (breaksConstraint(error, 'voices_partner_id_name_unique')) throw AppError.of('voice_exists');
      if (breaksConstraint(error, 'voices_partner_id_fkey')) throw AppError.of('partner_not_found');
      throw error;
    }
    if (recording !== null) this.dispatcher.dispatchSoon(voice.partnerId);
    return this.details(voice.id);
  }

  /** @throws AppError `voice_not_found` */
  async details(voiceId: string): Promise<VoiceDetails> {
    return this.describe(existing(await this.voices.row(voiceId)));
  }

  /** Reads a voice by its exact name or its id, with one statement. @throws AppError `voice_not_found` */
  async detailsNamed(partnerId: string, nameOrId: string): Promise<VoiceDetails> {
    return this.describe(existing(await this.voices.rowNamed(partnerId, nameOrId)));
  }

  /** As {@link detailsNamed}, with the keys of all audio. @throws AppError `voice_not_found` */
  async audibleNamed(partnerId: string, nameOrId: string): Promise<AudibleVoice> {
    const found = existing(await this.voices.audibleRowNamed(partnerId, nameOrId));
    const { originalKey, sampleKeys, testSampleKeys, ...row } = found;
    return { details: this.describe(row), audio: audioKeysOf({ originalKey, sampleKeys, testSampleKeys }) };
  }

  /**
   * Finds the original of a voice by its name or id, with one statement.
   *
   * @throws AppError `voice_not_found` | `no_original`
   */
  async original(partnerId: string, nameOrId: string): Promise<StoredOriginal> {
    const {
      originalKey: objectKey,
      originalBytes,
      ...voice
    } = existing(await this.voices.findWithOriginal(partnerId, nameOrId));
    if (objectKey === null) throw AppError.of('no_original');
    return { voice, objectKey, bytes: originalBytes ?? (await this.storage.stat(objectKey))?.bytes ?? 0 };
  }

  private describe(row: VoiceRow): VoiceDetails {
    return detailsOf(row, (zipKey) =>
      this.downloads.sign(zipKey, {
        expiresInSeconds: zipUrlSeconds,
        downloadName: `${row.name}-${row.embeddingType}.zip`,
        contentType: 'application/zip',
      }),
    );
  }

  /** Returns a page of the partner's voices that a search finds. */
  listPage(partnerId: string, search: VoiceSearch, page: VoicePage): Promise<ListedVoice[]> {
    return this.voices.page(partnerId, search, page);
  }

  /** Returns a page of the partner's voices that have an embedding, ordered by name. */
  embeddedPage(partnerId: string, page: VoicePage): Promise<EmbeddedVoice[]> {
    return this.voices.embedded(partnerId, page);
  }

  /** Returns the list rows of those of the voices that exist. */
  summaries(voiceIds: readonly string[]): Promise<VoiceSummary[]> {
    return this.voices.summaries(voiceIds);
  }

  /** @throws AppError `voice_not_found` | `voice_locked` | `voice_exists` */
  async rename(voiceId: string, name: string): Promise<VoiceDetails> {
    try {
      await changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
        await recordChange(tx, { action: 'voice.rename', partnerId, voiceId, details: { name } });
        await updateVoice(tx, voiceId, { name });
      });
    } catch (error) {
      if (breaksConstraint(error, 'voices_partner_id_name_unique')) throw AppError.of('voice_exists');
      throw error;
    }
    return this.details(voiceId);
  }

  /** Changes what is known about a voice. @throws AppError `voice_not_found` | `voice_locked` */
  async update(voiceId: string, update: VoiceUpdate): Promise<VoiceDetails> {
    await changeVoice(this.database, voiceId, (tx, voice) => applyUpdate(tx, voice, update));
    return this.details(voiceId);
  }

  /**
   * Deletes a voice. Its objects are removed soon after.
   *
   * @param options `force`: also if the voice is in processing. Workers lose their claims, and GPU jobs are cancelled.
   * @throws AppError `voice_not_found` | `voice_locked`
   */
  async remove(voiceId: string, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
    await changeAnyVoice(this.database, voiceId, async (tx, voice) => {
      if (!force) refuseIfLocked(voice);
      const details = force ? { force: 'true' } : {};
      await recordChange(tx, { action: 'voice.delete', partnerId: voice.partnerId, voiceId, details });
      await deleteVoices(tx, [voiceId]);
    });
  }

  /**
   * Stores a person's choice of the preferred sample; null clears it. It stays until it is cleared, its sample is
   * deleted, or the voice is split again.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `sample_not_found`
   */
  async setPreferredSample(voiceId: string, index: number | null): Promise<VoiceDetails> {
    await changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
      if (index !== null && !(await hasSample(tx, voiceId, index))) throw AppError.of('sample_not_found');
      const preferredBy = index === null ? null : 'person';
      await updateVoice(tx, voiceId, { preferredSampleIndex: index, preferredBy });
      await recordChange(tx, { action: 'voice.prefer-sample', partnerId, voiceId, details: { sample: index } });
    });
    return this.details(voiceId);
  }

  private async insert(
    tx: Transaction,
    voice: NewVoice,
    recording: StoredRecording | null,
    split: RequestedSplit,
  ): Promise<void> {
    const { partnerId } = voice;
    await refuseOverQuota(tx, partnerId, {
      voices: 1,
      ...(recording !== null && { bytes: recording.bytes, gpuJob: 'embed' }),
    });
    const columns = { ...voice, labels: [...(voice.labels ?? [])] };
    await tx.insert(VoiceEntity, recording === null ? columns : { ...columns, ...columnsOf(recording) });
    await recordChange(tx, { action: 'voice.create', partnerId, voiceId: voice.id });
    await emitEvent(tx, { type: 'voice.updated', voiceId: voice.id });
    if (recording === null) return;
    const inserted = await tx.findOneByOrFail(VoiceEntity, { id: voice.id });
    await startSplitting(tx, inserted, { ...split, first: true });
  }
}

const columnsOf = (recording: StoredRecording) => ({
  uploadKey: recording.uploadKey,
  uploadBytes: recording.bytes,
  originalUploadedName: recording.uploadedName,
  originalFilename: originalFilename(recording.uploadedName),
  originalDurationSeconds: recording.durationSeconds,
  ...(recording.facts && { uploadFacts: recording.facts, warnings: uploadWarnings(recording.facts) }),
});

function existing<T>(found: T | null): T {
  if (found === null) throw AppError.of('voice_not_found');
  return found;
}

async function hasSample(tx: Transaction, voiceId: string, index: number): Promise<boolean> {
  return isSampleIndex(index) && (await tx.existsBy(SampleEntity, { voiceId, index }));
}
