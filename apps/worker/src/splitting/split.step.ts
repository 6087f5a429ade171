import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  encodeRecording,
  OggOpusWriter,
  probeRecording,
  readOpusStream,
  recordingLimits,
  recordingWarnings,
  refuseSilence,
  samplesPerSecond,
  secondsNeeded,
  SectionsDisagree,
  serialFrom,
  type AudioTools,
  type EncodeSlots,
  type OpusStream,
  type RecordingFacts,
  type SampleWindows,
} from '#libs/audio';
import type { SplitParams } from '#libs/database';
import { AppError } from '#libs/errors';
import type { ClaimedJob, Work } from '#libs/jobs';
import { SplittingService, type SplitSource } from '#libs/samples';
import { originalKey, type ObjectStorage, type ScratchFolder } from '#libs/storage';
import { SampleWriter } from './sample-writer.js';

export interface SplitStepOptions {
  readonly tools: AudioTools;
  readonly maxRecordingSeconds: number;
  /** The ffmpegs all splits of this worker may run. */
  readonly slots: EncodeSlots;
  /** Told how much audio was converted, once it is stored. */
  readonly onConverted: (seconds: number) => void;
}

/** A recording being converted. */
interface Conversion {
  readonly job: ClaimedJob;
  readonly work: Work;
  readonly facts: RecordingFacts;
  readonly folder: string;
  readonly inputPath: string;
}

/**
 * A split, from the stage that is not committed yet.
 *
 * An upload is decoded and encoded once; its packets go to the samples and to the stored original as they come, so that
 * the samples of an hour are there after its first minutes. A stored original is only read and cut.
 *
 * May run twice: outputs go to the generation's folder, and what is committed is never replaced.
 */
export class SplitStep {
  constructor(
    private readonly splitting: SplittingService,
    private readonly storage: ObjectStorage,
    private readonly scratch: ScratchFolder,
    private readonly options: SplitStepOptions,
  ) {}

  async run(job: ClaimedJob, work: Work): Promise<void> {
    const source = await this.splitting.source(job.voiceId);
    if (source.kind === 'original') return this.cutOriginal(job, work, source);
    const folder = await this.scratch.make();
    try {
      await this.convertUpload(job, work, source, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async convertUpload(
    job: ClaimedJob,
    work: Work,
    upload: Extract<SplitSource, { kind: 'upload' }>,
    folder: string,
  ): Promise<void> {
    const inputPath = path.join(folder, 'recording');
    if (!(await this.storage.fetchFile(upload.key, inputPath))) throw AppError.of('recording_lost');
    const { tools, maxRecordingSeconds } = this.options;
    const found = { tools, inputPath, limits: recordingLimits(maxRecordingSeconds), signal: work.signal };
    const facts = upload.facts ?? (await probeRecording(found));
    await refuseSilence(facts, found);
    await this.encode({ job, work, facts, folder, inputPath }, false);
  }

  private async encode(conversion: Conversion, inOnePiece: boolean): Promise<void> {
    const { job, work, facts, folder, inputPath } = conversion;
    const knownSeconds = Math.ceil(facts.durationSeconds ?? 0);
    const onProgress = (encodedSeconds: number): void => {
      const done = Math.floor(encodedSeconds);
      work.report({ stage: 'converting', done, of: Math.max(knownSeconds, done) });
    };
    const encoding = await encodeRecording({
      tools: this.options.tools,
      slots: this.options.slots,
      facts,
      inOnePiece,
      firstSeconds: job.stage === 'samples' ? secondsNeeded(windowsOf(job)) : 0,
      inputPath,
      workFolder: folder,
      limits: recordingLimits(this.options.maxRecordingSeconds),
      signal: work.signal,
      onProgress,
    });
    // Samples that are whole before the recording ends are not kept until it does.
    let samples = job.stage === 'samples' ? this.samplesOf(job, encoding) : null;
    const cut = async (packets: readonly Uint8Array[]): Promise<void> => {
      samples?.push(packets);
      if (!samples?.done) return;
      await this.splitting.commit(job, { samples: await samples.stored(() => encoding.missing()) });
      samples = null;
    };
    try {
      const objectKey = originalKey({ voiceId: job.voiceId, jobId: job.id, generation: job.generation });
      const original = originalFile(encoding, serialFrom(job.id), cut, (totalSamples) => samples?.finish(totalSamples));
      await this.storage.put(objectKey, original, { contentType: 'audio/ogg' });
      const durationSeconds = encoding.totalSamples() / samplesPerSecond;
      const [missing, jumps] = [encoding.missing(), encoding.jumps()];
      this.options.onConverted(durationSeconds);
      await this.splitting.commit(job, {
        samples: await samples?.stored(() => missing),
        original: { objectKey, durationSeconds, missing },
        warnings: recordingWarnings(facts, { decodedSeconds: durationSeconds, missing, jumps }),
      });
    } catch (error) {
      if (!(error instanceof SectionsDisagree)) throw error;
      await encoding.close();
      // Samples that were committed are right: they came before the sections disagreed.
      const rest = samples === null ? { ...job, stage: 'original' as const } : job;
      await this.encode({ ...conversion, job: rest }, true);
    } finally {
      await encoding.close();
    }
  }

  private async cutOriginal(
    job: ClaimedJob,
    work: Work,
    { key, missing }: Extract<SplitSource, { kind: 'original' }>,
  ): Promise<void> {
    const bytes = await this.storage.read(key);
    if (bytes === null) throw AppError.of('recording_lost');
    const stream = await readOpusStream(bytes);
    const samples = this.samplesOf(job, stream);
    for await (const packets of stream.batches) {
      work.signal.throwIfAborted();
      samples.push(packets);
      work.report({ stage: 'cutting', done: samples.count, of: windowsOf(job).maxSamples });
      if (samples.done) break;
    }
    if (!samples.done) samples.finish(stream.totalSamples());
    await this.splitting.commit(job, { samples: await samples.stored(() => missing) });
  }

  private samplesOf(job: ClaimedJob, stream: OpusStream): SampleWriter {
    return new SampleWriter(this.storage, job, windowsOf(job), stream.preSkip);
  }
}

/** The bytes of the stored original. On the way its packets are shown to `cut`, and its end to `finish`. */
async function* originalFile(
  stream: OpusStream,
  serial: number,
  cut: (packets: readonly Uint8Array[]) => Promise<void>,
  finish: (totalSamples: number) => void,
): AsyncGenerator<Uint8Array> {
  const writer = new OggOpusWriter({ preSkip: stream.preSkip, serial });
  for await (const packets of stream.batches) {
    await cut(packets);
    yield* writer.write(packets);
  }
  const totalSamples = stream.totalSamples();
  finish(totalSamples);
  yield* writer.end(totalSamples);
}

function windowsOf(job: ClaimedJob): SampleWindows {
  const params = job.params as SplitParams;
  return { windowSeconds: params.sampleDurationSeconds, maxSamples: params.maxSamples };
}
