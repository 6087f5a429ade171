import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConsentsService, type ConsentInfo, type NewConsent } from '#libs/consent';
import type { StoredConsentRecording } from '#libs/database';
import { AppError, isAppError } from '#libs/errors';
import { consentFileKey, consentRecordingKey, OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { uploadedName, type VoiceRef } from '#libs/voices';
import { ShortRecordings } from '../audio/short-recordings.js';
import type { ReceivedFile } from '../body/multipart.js';

/** The fields of a consent, checked. */
export type ConsentFields = Pick<NewConsent, 'statement' | 'language' | 'grantedBy' | 'method' | 'textVersion'>;

/** The objects of a consent, durable in storage. */
type ConsentObjects = Pick<NewConsent, 'file' | 'recording'>;

/** Receives consents: stores the file as it came, and a recorded one also as audio that can be compared. */
@Injectable()
export class ReceivedConsentsService {
  constructor(
    private readonly consents: ConsentsService,
    private readonly recordings: ShortRecordings,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
  ) {}

  /**
   * @param signal aborts when the client leaves
   * @throws AppError `too_many_consents` | `invalid_parameter` | `unusable_audio` | `quota_exceeded` | `unavailable` |
   *   `insufficient_storage`; no object remains then
   */
  async add(
    voice: VoiceRef,
    fields: ConsentFields,
    file: ReceivedFile | undefined,
    signal: AbortSignal,
  ): Promise<ConsentInfo> {
    const id = randomUUID();
    if (file === undefined) return this.consents.add(voice.id, { id, ...fields, file: null, recording: null });
    await this.consents.refuseIfNoRoom(voice.id);
    if (file.bytes === 0) throw AppError.field('file', 'The file is empty');
    try {
      const objects = await this.store(voice, id, fields.method === 'recorded', file, signal);
      return await this.consents.add(voice.id, { id, ...fields, ...objects });
    } catch (error) {
      // As for recordings: if the connection to Postgres was lost, the row may exist.
      const keys = [consentFileKey(voice.id, id), consentRecordingKey(voice.id, id)];
      if (!isAppError(error, 'unavailable')) await this.storage.delete(keys).catch(() => undefined);
      throw error;
    }
  }

  private async store(
    voice: VoiceRef,
    id: string,
    isRecorded: boolean,
    file: ReceivedFile,
    signal: AbortSignal,
  ): Promise<ConsentObjects> {
    // Converted first: a local storage takes the received file away.
    const recording = isRecorded ? await this.storeRecording(voice, id, file, signal) : null;
    const objectKey = consentFileKey(voice.id, id);
    const stored = await this.storage.putFile(objectKey, file.path, {
      contentType: 'application/octet-stream',
      computeSha256: true,
    });
    const name = uploadedName(file.clientName);
    return { file: { name, objectKey, bytes: stored.bytes, sha256: stored.sha256 ?? '' }, recording };
  }

  private async storeRecording(
    { id: voiceId, partnerId }: VoiceRef,
    id: string,
    file: ReceivedFile,
    signal: AbortSignal,
  ): Promise<StoredConsentRecording> {
    const converted = await this.recordings.convert({ partnerId, id, file, signal }, async () => undefined);
    const objectKey = consentRecordingKey(voiceId, id);
    const stored = await this.storage.putFile(objectKey, converted.path, {
      contentType: 'audio/ogg',
      computeSha256: true,
    });
    const { durationSeconds } = converted;
    return { objectKey, durationSeconds, bytes: stored.bytes, sha256: stored.sha256 ?? '' };
  }
}
