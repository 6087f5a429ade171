import { Readable } from 'node:stream';
import {
  LiveCutter,
  recordingTime,
  samplesPerSecond,
  serialFrom,
  type CutSample,
  type CutWindows,
  type MissingAudio,
} from '#libs/audio';
import type { SplitJob } from '#libs/jobs';
import { sampleKey, type ObjectStorage } from '#libs/storage';
import type { SplitSample } from './splitting.service.js';

/**
 * Cuts a stream of opus packets into samples and stores each as soon as it is complete, while the stream goes on. Clients
 * see no sample until the split is committed.
 */
export class SampleWriter {
  private readonly cutter: LiveCutter;
  private readonly storing: Promise<SplitSample>[] = [];

  constructor(
    private readonly storage: ObjectStorage,
    private readonly job: SplitJob,
    windows: CutWindows,
    streamPreSkip: number,
  ) {
    this.cutter = new LiveCutter({
      windows,
      streamPreSkip,
      serialOf: (index) => serialFrom(`${job.id}/${index}`),
    });
  }

  /** Whether all samples are complete: later packets change nothing. */
  get done(): boolean {
    return this.cutter.done;
  }

  /** Number of samples cut so far. */
  get count(): number {
    return this.storing.length;
  }

  /** Takes the next packets. */
  push(packets: readonly Uint8Array[]): void {
    this.store(this.cutter.push(packets));
  }

  /** Ends the stream. @param totalSamples length of the audio at 48 kHz */
  finish(totalSamples: number): void {
    this.store(this.cutter.finish(totalSamples));
  }

  /**
   * Waits until all samples are durable in storage, and returns them.
   *
   * @param missingIn returns where the recording had audio that the stream lacks. Source timestamps are corrected by it.
   *   It is called last, because ffmpeg may report missing audio after it has sent the audio itself.
   */
  async stored(missingIn: () => readonly MissingAudio[]): Promise<SplitSample[]> {
    const samples = await Promise.all(this.storing);
    const missing = missingIn();
    return samples.map((sample) => ({
      ...sample,
      sourceStartSeconds: recordingTime(sample.sourceStartSeconds, missing),
    }));
  }

  private store(cut: readonly CutSample[]): void {
    for (const sample of cut) {
      const storing = this.put(sample);
      storing.catch(() => undefined); // `stored` throws it
      this.storing.push(storing);
    }
  }

  private async put(sample: CutSample): Promise<SplitSample> {
    const objectKey = sampleKey(
      { voiceId: this.job.voiceId, jobId: this.job.id, generation: this.job.generation },
      sample.index,
    );
    const stored = await this.storage.put(objectKey, Readable.from([sample.bytes]), { contentType: 'audio/ogg' });
    return {
      index: sample.index,
      sourceStartSeconds: sample.startSamples / samplesPerSecond,
      durationSeconds: sample.durationSamples / samplesPerSecond,
      objectKey,
      ...stored,
    };
  }
}
