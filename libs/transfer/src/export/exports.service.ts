import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '#libs/config';
import { Database } from '#libs/database';
import { completeBeforeReading } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import { LOGGER, type Logger } from '#libs/logging';
import type { ConsentRule } from '#libs/voices';
import { filesOf } from '../document-files.js';
import { documentEntry } from '../entry-names.js';
import { ObjectChecksums, ObjectMissing, type Checksums } from './object-checksums.js';
import { snapshotDocument } from './snapshot-document.js';
import { objectsOf, testSampleKeys, withoutTestSamples } from './snapshot-objects.js';
import { snapshotStatement, type VoiceSnapshot } from './voice-snapshot.js';

/** A file of an archive. */
interface ArchivedFile {
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
  /** The bytes themselves, or the key of the object that contains them. */
  readonly content: Buffer | string;
}

/** The archive of a voice, of which everything is known but the bytes of its objects. */
export interface VoiceArchive {
  /** In order. */
  readonly files: readonly ArchivedFile[];
  /** The date of all files. */
  readonly date: Date;
  /** SHA-256 of `voice.json`, which has the hashes of all other files: equal archives have the same one. */
  readonly sha256: string;
}

/** How often a voice is read again if its objects vanish meanwhile. */
const maxReads = 3;

/** Plans the archives of voices. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly database: Database,
    private readonly checksums: ObjectChecksums,
    @Inject(CONFIG) private readonly config: ConsentRule,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Plans the archive of a voice as it is at one moment. A voice in processing is exported without the processing.
   *
   * Objects of deleted samples vanish at once. If one does before it was read, the voice is read again. Test samples that
   * are still missing then are left out: a process of 0.1.0 has removed them, which knows no runs.
   *
   * @param signal ends the reading
   * @throws AppError `voice_not_found` | `voice_locked` (in its first split or its import) | `no_consent`
   */
  async plan(voiceId: string, signal: AbortSignal): Promise<VoiceArchive> {
    for (let reads = 1; ; reads += 1) {
      try {
        const snapshot = await this.snapshot(voiceId);
        return await this.planOnce(snapshot, signal, reads < maxReads ? new Set() : testSampleKeys(snapshot));
      } catch (error) {
        if (!(error instanceof ObjectMissing) || reads === maxReads) throw error;
      }
    }
  }

  private async snapshot(voiceId: string): Promise<VoiceSnapshot> {
    await completeBeforeReading(this.database, voiceId);
    const [found] = await this.database.query<VoiceSnapshot>(snapshotStatement, [voiceId]);
    if (found === undefined) throw AppError.of('voice_not_found');
    // Its first split or its import: what it will have is not stored yet.
    if (found.splittingStatus === 'in_progress' && found.originalKey === null) throw AppError.of('voice_locked');
    const isAllowed = this.config.requireConsent === 'false' || found.consents.some((each) => each.revokedAt === null);
    if (!isAllowed) throw AppError.of('no_consent');
    return found;
  }

  private async planOnce(
    snapshot: VoiceSnapshot,
    signal: AbortSignal,
    mayLack: ReadonlySet<string>,
  ): Promise<VoiceArchive> {
    const found = await this.checksums.read(objectsOf(snapshot), signal, mayLack);
    const missing = new Set([...mayLack].filter((objectKey) => !found.has(objectKey)));
    if (missing.size > 0) this.logger.warn({ missing: [...missing] }, 'test samples left out of export');
    const known = (objectKey: string): Checksums => {
      const checksums = found.get(objectKey);
      if (checksums === undefined) throw new Error(`The object ${objectKey} was not read`);
      return checksums;
    };
    const { document, keys } = snapshotDocument(withoutTestSamples(snapshot, missing), known);
    const text = Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
    const files = filesOf(document).map(({ entry, file }): ArchivedFile => {
      const objectKey = keys.get(entry);
      if (objectKey === undefined) throw new Error(`The entry ${entry} has no object`);
      return { name: entry, bytes: file.bytes, crc32: known(objectKey).crc32, content: objectKey };
    });
    return {
      files: [{ name: documentEntry, bytes: text.length, crc32: crc32(text), content: text }, ...files],
      date: new Date(document.created_at),
      sha256: createHash('sha256').update(text).digest('hex'),
    };
  }
}
