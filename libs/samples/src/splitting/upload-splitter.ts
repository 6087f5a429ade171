import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { AUDIO_TOOLS, probeRecording, recordingLimits, refuseSilence, type AudioTools } from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { AppError } from '#libs/errors';
import type { SplitJob, Work } from '#libs/jobs';
import {
  fetchToScratch,
  OBJECT_STORAGE,
  removeWork,
  ScratchFolder,
  whileThere,
  type ObjectStorage,
} from '#libs/storage';
import { RecordingConverter } from './recording-converter.js';
import type { UploadSource } from './splitting.service.js';

/** Splits uploads: fetches the recording, checks it, and has it converted. */
@Injectable()
export class UploadSplitter {
  constructor(
    private readonly converter: RecordingConverter,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly scratch: ScratchFolder,
    @Inject(AUDIO_TOOLS) private readonly tools: AudioTools,
    @Inject(CONFIG) private readonly config: Pick<Config, 'maxRecordingSeconds'>,
  ) {}

  async split(job: SplitJob, work: Work, upload: UploadSource): Promise<void> {
    const folder = await this.scratch.make();
    try {
      await this.splitIn(folder, job, work, upload);
    } finally {
      await removeWork(folder);
    }
  }

  private async splitIn(folder: string, job: SplitJob, work: Work, upload: UploadSource): Promise<void> {
    const inputPath = path.join(folder, 'recording');
    const isThere = await fetchToScratch(this.storage, this.scratch, upload.key, inputPath);
    if (!isThere) throw AppError.of('recording_lost');
    const limits = recordingLimits(this.config.maxRecordingSeconds);
    const found = { tools: this.tools, inputPath, limits, signal: work.signal };
    await whileThere(inputPath, async () => {
      const facts = upload.facts ?? (await probeRecording(found));
      await refuseSilence(facts, found);
      await this.converter.convert({ job, work, facts, folder, inputPath });
    });
  }
}
