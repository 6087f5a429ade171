import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { ConsentEntity, Database, type StoredConsentFile, type Transaction, type VoiceEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import { refuseOverQuota } from '#libs/usage';
import { changeAnyVoice, deleteVoices } from '#libs/voices';
import { ConsentsRepository } from './consents.repository.js';

/** Maximum number of consents of a voice, revoked ones included. */
export const maxConsentsPerVoice = 100;

/** A consent as requests see it. */
export type ConsentInfo = Readonly<Omit<ConsentEntity, 'voice' | 'voiceId'>>;

/** A consent that a client has sent. Its objects are durable in storage. */
export type NewConsent = Omit<ConsentInfo, 'similarity' | 'createdAt' | 'revokedAt'>;

/**
 * Consents as requests see them: list, add, erase. They neither change nor lock their voice, so that a consent can be added
 * while the voice is still being split. `ConsentRevocations` of libs/processing revokes them, because that may end jobs.
 */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentsRepository,
  ) {}

  /** Returns all consents of a voice, oldest first, revoked ones included. */
  list(voiceId: string): Promise<readonly ConsentInfo[]> {
    return this.consents.list(voiceId);
  }

  /** @throws AppError `consent_not_found` | `consent_file_not_found` */
  async file(voiceId: string, id: string): Promise<StoredConsentFile> {
    const found = await this.consents.find(voiceId, id);
    if (found === null) throw AppError.of('consent_not_found');
    if (found.file === null) throw AppError.of('consent_file_not_found');
    return found.file;
  }

  /**
   * Refuses a consent before its file is converted and stored, if it could not be added afterwards.
   *
   * @throws AppError `too_many_consents`
   */
  async refuseIfNoRoom(voiceId: string): Promise<void> {
    refuseIfFull(await this.consents.count(voiceId));
  }

  /** @throws AppError `voice_not_found` | `too_many_consents` | `quota_exceeded`; the caller then removes the objects */
  add(voiceId: string, consent: NewConsent): Promise<ConsentInfo> {
    return changeAnyVoice(this.database, voiceId, async (tx, { partnerId }) => {
      refuseIfFull(await tx.countBy(ConsentEntity, { voiceId }));
      const bytes = (consent.file?.bytes ?? 0) + (consent.recording?.bytes ?? 0);
      if (bytes > 0) await refuseOverQuota(tx, partnerId, { bytes });
      await tx.insert(ConsentEntity, { ...consent, voiceId });
      const details = { consent: consent.id, method: consent.method, text_version: consent.textVersion };
      await recordChange(tx, { action: 'consent.add', partnerId, voiceId, details });
      return tx.findOneByOrFail(ConsentEntity, { id: consent.id });
    });
  }

  /**
   * Revokes a consent and deletes its voice at once, in processing or not. GPU jobs are cancelled. Nothing is left but the
   * lines of the audit log.
   *
   * @returns the consent as it was, revoked now
   * @throws AppError `voice_not_found` | `consent_not_found`
   */
  erase(voiceId: string, id: string): Promise<ConsentInfo> {
    return changeAnyVoice(this.database, voiceId, async (tx, { partnerId }) => {
      const consent = await revoked(tx, await consentOf(tx, voiceId, id));
      await recordChange(tx, { action: 'consent.revoke', partnerId, voiceId, details: { consent: id, erase: 'true' } });
      await recordChange(tx, { action: 'voice.delete', partnerId, voiceId, details: { force: 'true' } });
      await deleteVoices(tx, [voiceId]);
      return consent;
    });
  }
}

/**
 * Revokes a consent. It stays on record, with its file. A consent that was revoked before keeps its time. The transaction
 * must hold the voice's row.
 *
 * @throws AppError `consent_not_found`
 */
export async function revokeConsent(tx: Transaction, voice: VoiceEntity, id: string): Promise<ConsentInfo> {
  const { id: voiceId, partnerId } = voice;
  const found = await consentOf(tx, voiceId, id);
  if (found.revokedAt !== null) return found;
  await recordChange(tx, { action: 'consent.revoke', partnerId, voiceId, details: { consent: id } });
  return revoked(tx, found);
}

async function consentOf(tx: Transaction, voiceId: string, id: string): Promise<ConsentEntity> {
  const found = await tx.findOneBy(ConsentEntity, { id, voiceId });
  if (found === null) throw AppError.of('consent_not_found');
  return found;
}

async function revoked(tx: Transaction, consent: ConsentEntity): Promise<ConsentEntity> {
  await tx.update(ConsentEntity, { id: consent.id }, { revokedAt: () => 'coalesce(revoked_at, now())' });
  return tx.findOneByOrFail(ConsentEntity, { id: consent.id });
}

function refuseIfFull(count: number): void {
  if (count >= maxConsentsPerVoice) throw AppError.of('too_many_consents');
}
