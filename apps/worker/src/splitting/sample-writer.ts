import {
  LiveCutter,
  recordingTime,
  samplesPerSecond,
  serialFrom,
  type CutSample as CutAudio,
  type MissingAudio,
  type SampleWindows,
} from '#libs/audio';
import type { ClaimedJob } from '#libs/jobs';
import type { CutSample } from '#libs/samples';
import { sampleKey, type ObjectStorage } from '#libs/storage';

/**
 * Cuts a stream of opus packets into samples and stores them while the stream still comes. Nothing is visible until
 * they are committed.
 */
export class SampleWriter {
  private readonly cutter: LiveCutter;
  private readonly storing: Promise<CutSample>[] = [];

  constructor(
    private readonly storage: ObjectStorage,
    private readonly job: ClaimedJob,
    windows: SampleWindows,
    streamPreSkip: number,
  ) {
    this.cutter = new LiveCutter({
      windows,
      streamPreSkip,
      serialOf: (index) => serialFrom(`${job.id}/${index}`),
    });
  }

  /** No packet that follows changes a sample. */
  get done(): boolean {
    return this.cutter.done;
  }

  /** Samples cut so far. */
  get count(): number {
    return this.storing.length;
  }

  /** Takes the next packets. */
  push(packets: readonly Uint8Array[]): void {
    this.store(this.cutter.push(packets));
  }

  /** The stream has ended with this many 48 kHz samples of audio. */
  finish(totalSamples: number): void {
    this.store(this.cutter.finish(totalSamples));
  }

  /**
   * All samples, durable in storage.
   *
   * @param missingIn tells where the recording had audio that the stream lacks, so that samples start at their place in
   *   the recording. Called last: what ffmpeg reports may arrive after the audio does.
   */
  async stored(missingIn: () => readonly MissingAudio[]): Promise<CutSample[]> {
    const samples = await Promise.all(this.storing);
    const missing = missingIn();
    return samples.map((sample) => ({
      ...sample,
      sourceStartSeconds: recordingTime(sample.sourceStartSeconds, missing),
    }));
  }

  private store(cut: readonly CutAudio[]): void {
    for (const sample of cut) {
      const storing = this.put(sample);
      storing.catch(() => undefined); // `stored` tells
      this.storing.push(storing);
    }
  }

  private async put(sample: CutAudio): Promise<CutSample> {
    const objectKey = sampleKey(
      { voiceId: this.job.voiceId, jobId: this.job.id, generation: this.job.generation },
      sample.index,
    );
    const stored = await this.storage.put(objectKey, once(sample.bytes), { contentType: 'audio/ogg' });
    return {
      index: sample.index,
      sourceStartSeconds: sample.startSamples / samplesPerSecond,
      durationSeconds: sample.durationSamples / samplesPerSecond,
      objectKey,
      ...stored,
    };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
