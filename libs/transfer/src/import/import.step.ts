import { open } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '#libs/config';
import { insertImportedConsents } from '#libs/consent';
import { Database } from '#libs/database';
import { insertEmbedding } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import { commitFenced, completeJob, type ImportJob, type Work } from '#libs/jobs';
import { keepUsedUpSeconds, removeObjects } from '#libs/retention';
import { insertImportedSamples } from '#libs/samples';
import { fetchToScratch, OBJECT_STORAGE, removeWork, ScratchFolder, type ObjectStorage } from '#libs/storage';
import { completeImport, refuseWithoutConsent, type ConsentRule } from '#libs/voices';
import { fileSource } from '../zip/byte-source.js';
import { openArchive } from './archive.js';
import { documentRows, type DocumentRows } from './document-rows.js';
import { Unpacker } from './unpacker.js';

/**
 * Makes a voice of its archive: stores all files, decodes all audio, then commits everything at once. Nothing of it is
 * visible before.
 *
 * It may run twice: each run writes into the folder of its generation, and the commit is fenced.
 */
@Injectable()
export class ImportStep {
  constructor(
    private readonly database: Database,
    private readonly unpacker: Unpacker,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly scratch: ScratchFolder,
    @Inject(CONFIG) private readonly rule: ConsentRule,
  ) {}

  async run(job: ImportJob, work: Work): Promise<void> {
    const folder = await this.scratch.make();
    try {
      await this.commit(job, await this.unpackIn(folder, job, work));
    } finally {
      await removeWork(folder);
    }
  }

  private async unpackIn(folder: string, job: ImportJob, work: Work): Promise<DocumentRows> {
    const archivePath = path.join(folder, 'archive');
    const isThere = await fetchToScratch(this.storage, this.scratch, job.params.archiveKey, archivePath);
    if (!isThere) throw AppError.of('archive_lost');
    const { voiceId, id: jobId, generation, partnerId } = job;
    const file = await open(archivePath);
    try {
      const archive = await openArchive(await fileSource(file));
      const stored = await this.unpacker.unpack(archive, {
        of: { voiceId, jobId, generation },
        ...{ partnerId, folder, signal: work.signal },
        onProgress: (done, of) => work.report({ stage: 'importing', done, of }),
      });
      return documentRows(archive.document, stored);
    } finally {
      await file.close();
    }
  }

  /** @throws LostClaim | AppError `too_many_consents` | `no_consent`; nothing has changed then */
  private async commit(job: ImportJob, { voice, samples, embeddings, consents }: DocumentRows): Promise<void> {
    const { voiceId, partnerId } = job;
    await commitFenced(this.database, job, async (tx) => {
      await insertImportedConsents(tx, { id: voiceId, partnerId }, consents);
      if (embeddings.some(({ run }) => run !== null)) await refuseWithoutConsent(tx, voiceId, this.rule);
      await insertImportedSamples(tx, voiceId, samples);
      for (const embedding of embeddings) await insertEmbedding(tx, voiceId, embedding);
      await completeImport(tx, voiceId, voice);
      await removeObjects(tx, [job.params.archiveKey], keepUsedUpSeconds);
      await completeJob(tx, job);
    });
  }
}
