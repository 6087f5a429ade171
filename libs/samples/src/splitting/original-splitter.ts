import { Inject, Injectable } from '@nestjs/common';
import { readOpusStream, type CutWindows, type MissingAudio } from '#libs/audio';
import { AppError } from '#libs/errors';
import type { SplitJob, Work } from '#libs/jobs';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { VoiceTracks } from '../analysis/voice-tracks.service.js';
import { SampleWriter } from './sample-writer.js';
import { firstWindows, plannedWindows } from './split-request.js';
import { SplittingService, type OriginalSource, type SplitSample } from './splitting.service.js';

/** What is cut out of a stored original. */
interface Cut {
  readonly originalKey: string;
  readonly windows: CutWindows;
  readonly missing: readonly MissingAudio[];
}

/**
 * Splits stored originals by cutting their packets, without decoding anything. An original that has no track, because it
 * is from before there were any, is decoded once to measure it.
 */
@Injectable()
export class OriginalSplitter {
  constructor(
    private readonly splitting: SplittingService,
    private readonly tracks: VoiceTracks,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
  ) {}

  async split(job: SplitJob, work: Work, { key: originalKey, missing, isMeasured }: OriginalSource): Promise<void> {
    const stored = isMeasured ? await this.tracks.stored(originalKey) : null;
    const voice = { id: job.voiceId, partnerId: job.partnerId, originalKey };
    const track = stored ?? (await this.tracks.measure(voice, work.signal));
    const windows = firstWindows(job.params) ?? plannedWindows(job.params, track);
    const samples = await this.cut(job, work, { originalKey, windows, missing });
    await this.splitting.commit(job, { samples, track });
  }

  /**
   * Cuts samples out of an original.
   *
   * @returns the samples, durable in storage
   * @throws AppError `recording_lost`
   */
  async cut(job: SplitJob, work: Work, { originalKey, windows, missing }: Cut): Promise<SplitSample[]> {
    const bytes = await this.storage.read(originalKey);
    if (bytes === null) throw AppError.of('recording_lost');
    const stream = await readOpusStream(bytes);
    const samples = new SampleWriter(this.storage, job, windows, stream.preSkip);
    const of = 'maxSamples' in windows ? windows.maxSamples : windows.length;
    for await (const packets of stream.batches) {
      work.signal.throwIfAborted();
      samples.push(packets);
      work.report({ stage: 'cutting', done: samples.count, of });
      if (samples.done) break;
    }
    if (!samples.done) samples.finish(stream.totalSamples());
    return samples.stored(() => missing);
  }
}
