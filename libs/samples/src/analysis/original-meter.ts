import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { measureRecording, recordingLimits, type AnalysisTrack, type AudioTools } from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { OBJECT_STORAGE, removeWork, ScratchFolder, whileThere, type ObjectStorage } from '#libs/storage';
import { FFMPEG_TURNS, type FfmpegTurns } from './ffmpeg-turns.js';

/** An original without a track. */
export interface UnmeasuredOriginal {
  readonly partnerId: string;
  readonly originalKey: string;
}

/** Measures originals that were stored without a track, by an older process for example. Decodes the original once. */
@Injectable()
export class OriginalMeter {
  constructor(
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly scratch: ScratchFolder,
    @Inject(FFMPEG_TURNS) private readonly turns: FfmpegTurns,
    @Inject(CONFIG) private readonly config: Pick<Config, 'maxRecordingSeconds'>,
  ) {}

  /** @throws AppError `recording_lost` | `unavailable` | `insufficient_storage`; the signal's reason */
  measure({ partnerId, originalKey }: UnmeasuredOriginal, signal?: AbortSignal): Promise<AnalysisTrack> {
    return this.turns.run(partnerId, (tools) => this.measureWith(tools, originalKey, signal), signal);
  }

  private async measureWith(tools: AudioTools, originalKey: string, signal?: AbortSignal): Promise<AnalysisTrack> {
    const workFolder = await this.scratch.make();
    try {
      const inputPath = path.join(workFolder, 'original.opus');
      if (!(await this.storage.fetchFile(originalKey, inputPath))) throw AppError.of('recording_lost');
      const limits = recordingLimits(this.config.maxRecordingSeconds);
      return await whileThere(inputPath, () => measureRecording({ tools, inputPath, workFolder, limits, signal }));
    } finally {
      await removeWork(workFolder);
    }
  }
}
