import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { uploadWarnings, type RecordingFacts } from '#libs/audio';
import { breaksConstraint, Database, SampleEntity, VoiceEntity, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { Dispatcher } from '#libs/jobs';
import { DownloadUrls, eraseVoiceObjects } from '#libs/storage';
import { Processing } from './processing.js';
import { originalFilename } from './recording-name.js';
import { changeVoice } from './voice-change.js';
import { describeVoice, type VoiceDetails, type VoiceRow, type VoiceSummary } from './voice-details.js';
import { VoicesRepository, type VoiceRef } from './voices.repository.js';

/** What a split does when nobody says otherwise. */
export const splitDefaults = { maxSamples: 25, sampleDurationSeconds: 15 } as const;

/** The largest index there can be (Postgres' integer); anything above names no sample. */
const maxSampleIndex = 2_147_483_647;

/** A URL of an embedding zip lives this long. */
const zipUrlSeconds = 3600;

export interface NewVoice {
  /** Chosen beforehand where a recording is stored under it. */
  readonly id: string;
  readonly partnerId: string;
  /** As `parseVoiceName` returns it. */
  readonly name: string;
  readonly creatorName: string | null;
  readonly creatorEmail: string | null;
}

/** An upload that was checked and is durable in storage. */
export interface StoredRecording {
  readonly uploadKey: string;
  /** As `uploadedName` returns it. */
  readonly uploadedName: string;
  /** null where the file does not say. */
  readonly durationSeconds: number | null;
  /** What the check found, for the conversion; left out, the conversion looks for itself. */
  readonly facts?: RecordingFacts;
}

@Injectable()
export class VoicesService {
  constructor(
    private readonly database: Database,
    private readonly voices: VoicesRepository,
    private readonly processing: Processing,
    private readonly dispatcher: Dispatcher,
    private readonly downloads: DownloadUrls,
  ) {}

  /** @throws AppError `voice_not_found` */
  async find(partnerId: string, name: string): Promise<VoiceRef> {
    return existing(await this.voices.find(partnerId, name));
  }

  /**
   * Makes a voice. With a recording, splitting is in progress from the first moment, its job in the same transaction.
   *
   * @throws AppError `voice_exists` | `partner_not_found` (just erased); the recording's object is then the caller's to
   *   remove
   */
  async create(voice: NewVoice, recording: StoredRecording | null): Promise<VoiceDetails> {
    try {
      await this.database.transaction((tx) => this.insert(tx, voice, recording));
    } catch (error) {
      if (breaksConstraint(error, 'voices_partner_id_name_unique')) throw AppError.of('voice_exists');
      if (breaksConstraint(error, 'voices_partner_id_fkey')) throw AppError.of('partner_not_found');
      throw error;
    }
    if (recording !== null) this.nudge(voice.partnerId);
    return this.details(voice.id);
  }

  /** @throws AppError `voice_not_found` */
  async details(voiceId: string): Promise<VoiceDetails> {
    return this.describe(existing(await this.voices.row(voiceId)));
  }

  /** The voice a URL names and its details, in one statement. @throws AppError `voice_not_found` */
  async detailsNamed(
    partnerId: string,
    name: string,
  ): Promise<{ readonly voice: VoiceRef; readonly details: VoiceDetails }> {
    const row = existing(await this.voices.rowNamed(partnerId, name));
    return { voice: { id: row.id, partnerId, name }, details: await this.describe(row) };
  }

  private async describe(row: VoiceRow): Promise<VoiceDetails> {
    const zipUrl =
      row.zipKey === null
        ? null
        : this.downloads.sign(row.zipKey, {
            expiresInSeconds: zipUrlSeconds,
            downloadName: `${row.name}-${row.embeddingType}.zip`,
            contentType: 'application/zip',
          });
    return describeVoice(row, zipUrl);
  }

  /** At most `limit` voices after `after`, by name. */
  listPage(
    partnerId: string,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<VoiceSummary[]> {
    return this.voices.page(partnerId, page.after, page.limit);
  }

  /** @throws AppError `voice_not_found` | `voice_locked` | `voice_exists` */
  async rename(voiceId: string, name: string): Promise<VoiceDetails> {
    try {
      await changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
        await recordChange(tx, { action: 'voice.rename', partnerId, voiceId, details: { name } });
        await tx.update(VoiceEntity, { id: voiceId }, { name, updatedAt: () => 'now()' });
      });
    } catch (error) {
      if (breaksConstraint(error, 'voices_partner_id_name_unique')) throw AppError.of('voice_exists');
      throw error;
    }
    return this.details(voiceId);
  }

  /** Deletes a voice at once; its bytes go right after. @throws AppError `voice_not_found` | `voice_locked` */
  async remove(voiceId: string): Promise<void> {
    await changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
      await recordChange(tx, { action: 'voice.delete', partnerId, voiceId });
      await eraseVoiceObjects(tx, [voiceId]);
      await tx.delete(VoiceEntity, { id: voiceId });
    });
  }

  /**
   * A person's choice, kept until it is cleared, its sample is deleted, or a re-split; null clears it.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `sample_not_found`
   */
  async setPreferredSample(voiceId: string, index: number | null): Promise<VoiceDetails> {
    await changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
      if (index !== null && !(await hasSample(tx, voiceId, index))) throw AppError.of('sample_not_found');
      const preferredBy = index === null ? null : 'person';
      await tx.update(
        VoiceEntity,
        { id: voiceId },
        { preferredSampleIndex: index, preferredBy, updatedAt: () => 'now()' },
      );
      await recordChange(tx, { action: 'voice.prefer-sample', partnerId, voiceId, details: { sample: index } });
    });
    return this.details(voiceId);
  }

  private async insert(tx: Transaction, voice: NewVoice, recording: StoredRecording | null): Promise<void> {
    await tx.insert(VoiceEntity, {
      ...voice,
      ...(recording === null
        ? {}
        : {
            uploadKey: recording.uploadKey,
            originalUploadedName: recording.uploadedName,
            originalFilename: originalFilename(recording.uploadedName),
            originalDurationSeconds: recording.durationSeconds,
            ...(recording.facts && { uploadFacts: recording.facts, warnings: uploadWarnings(recording.facts) }),
          }),
    });
    await recordChange(tx, { action: 'voice.create', partnerId: voice.partnerId, voiceId: voice.id });
    if (recording === null) return;
    const inserted = await tx.findOneByOrFail(VoiceEntity, { id: voice.id });
    await this.processing.beginSplitting(tx, inserted, { ...splitDefaults, first: true });
  }

  /** The fast path from commit to worker; whatever it misses, the worker's dispatcher sends. */
  private nudge(partnerId: string): void {
    void this.dispatcher.dispatch(partnerId).catch(() => undefined);
  }
}

function existing<T>(found: T | null): T {
  if (found === null) throw AppError.of('voice_not_found');
  return found;
}

async function hasSample(tx: Transaction, voiceId: string, index: number): Promise<boolean> {
  return index >= 1 && index <= maxSampleIndex && (await tx.existsBy(SampleEntity, { voiceId, index }));
}
