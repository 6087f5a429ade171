import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { CONFIG, type Config } from '#libs/config';
import { breaksConstraint, Database, type ImportParams, type Transaction } from '#libs/database';
import { AppError, isAppError } from '#libs/errors';
import { Dispatcher } from '#libs/jobs';
import { OBJECT_STORAGE, uploadKey, whileThere, type ObjectStorage } from '#libs/storage';
import { refuseOverQuota } from '#libs/usage';
import { freeNames, startImport, takenNames, VoicesService, type ConsentRule, type VoiceDetails } from '#libs/voices';
import type { VoiceDocument } from '../voice-document.js';
import { fileSource } from '../zip/byte-source.js';
import { openArchive } from './archive.js';
import { checkContents } from './check-contents.js';

/** An archive that a client has sent, in the scratch folder. */
export interface UploadedArchive {
  readonly path: string;
  readonly bytes: number;
}

/** What a client may choose of an import. */
export interface ImportRequest {
  readonly partnerId: string;
  /** Returned by `parseVoiceName`; null: the name in the archive. */
  readonly name: string | null;
  /** What happens if the partner has a voice of this name. */
  readonly onConflict: 'fail' | 'rename';
}

type ImportConfig = ConsentRule & Pick<Config, 'maxRecordingSeconds' | 'maxSampleSeconds'>;

/** Accepts archives: checks them, stores them, then makes a voice that its import locks. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly database: Database,
    private readonly dispatcher: Dispatcher,
    private readonly voices: VoicesService,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: ImportConfig,
  ) {}

  /**
   * Starts an import. Afterwards the archive is durable, and the job is queued that decodes its audio and fills the voice.
   *
   * @param signal aborts when the client leaves
   * @throws AppError `invalid_archive` | `no_consent` | `voice_exists` | `quota_exceeded` | `partner_not_found` |
   *   `unavailable` | `insufficient_storage`; neither the voice nor the object exists then
   */
  async start(request: ImportRequest, upload: UploadedArchive, signal: AbortSignal): Promise<VoiceDetails> {
    const { name } = await whileThere(upload.path, () => this.check(upload, signal));
    const voiceId = randomUUID();
    const archive = { archiveKey: uploadKey(voiceId, randomUUID()), bytes: upload.bytes };
    await this.storage.putFile(archive.archiveKey, upload.path, { contentType: 'application/zip' });
    try {
      await this.database.transaction((tx) =>
        this.insert(tx, { ...request, name: request.name ?? name }, voiceId, archive),
      );
    } catch (error) {
      // As for recordings: if the connection to Postgres was lost, the row may exist.
      if (!isAppError(error, 'unavailable')) await this.storage.delete([archive.archiveKey]).catch(() => undefined);
      if (breaksConstraint(error, 'voices_partner_id_fkey')) throw AppError.of('partner_not_found');
      throw error;
    }
    this.dispatcher.dispatchSoon(request.partnerId);
    return this.voices.details(voiceId);
  }

  /** Reads all of the archive once. */
  private async check(upload: UploadedArchive, signal: AbortSignal): Promise<VoiceDocument> {
    const file = await open(upload.path);
    try {
      const archive = await openArchive(await fileSource(file));
      this.refuseWithoutConsent(archive.document);
      await checkContents(archive, this.config, signal);
      return archive.document;
    } finally {
      await file.close();
    }
  }

  /** The commit of the import decides. This tells the client before. */
  private refuseWithoutConsent({ embeddings, consents }: VoiceDocument): void {
    if (this.config.requireConsent === 'false' || embeddings.every(({ run }) => run === null)) return;
    if (consents.every((consent) => consent.revoked_at !== null)) throw AppError.of('no_consent');
  }

  private async insert(
    tx: Transaction,
    { partnerId, name, onConflict }: ImportRequest & { readonly name: string },
    voiceId: string,
    archive: ImportParams,
  ): Promise<void> {
    await refuseOverQuota(tx, partnerId, { voices: 1, bytes: archive.bytes });
    const names = onConflict === 'fail' ? [name] : [...freeNames(name)];
    const taken = await takenNames(tx, partnerId, names);
    for (const free of names.filter((each) => !taken.has(each))) {
      if (!(await startImport(tx, { id: voiceId, partnerId, name: free }, archive))) continue; // taken meanwhile
      await recordChange(tx, { action: 'voice.import', partnerId, voiceId, details: { name: free } });
      return;
    }
    throw AppError.of('voice_exists');
  }
}
