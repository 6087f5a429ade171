import { Injectable } from '@nestjs/common';
import type { SplitJob, Work } from '#libs/jobs';
import { OriginalSplitter } from './original-splitter.js';
import { SplittingService } from './splitting.service.js';
import { UploadSplitter } from './upload-splitter.js';

/**
 * Runs a split from the stage that is not committed yet. A first split converts the upload, a re-split cuts the stored
 * original.
 *
 * It may run twice: each run writes into the folder of its generation, and the commit is fenced.
 */
@Injectable()
export class SplitStep {
  constructor(
    private readonly splitting: SplittingService,
    private readonly uploads: UploadSplitter,
    private readonly originals: OriginalSplitter,
  ) {}

  async run(job: SplitJob, work: Work): Promise<void> {
    const source = await this.splitting.source(job.voiceId);
    await (source.kind === 'original'
      ? this.originals.split(job, work, source)
      : this.uploads.split(job, work, source));
  }
}
