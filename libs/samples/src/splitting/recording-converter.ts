import { Inject, Injectable } from '@nestjs/common';
import {
  AUDIO_TOOLS,
  encodeRecording,
  EncodeSlots,
  OggOpusWriter,
  recordingLimits,
  recordingWarnings,
  samplesPerSecond,
  secondsNeeded,
  SectionsDisagree,
  serialFrom,
  type AnalysisTrack,
  type AudioTools,
  type OpusStream,
  type RecordingEncoding,
  type RecordingFacts,
} from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import type { SplitJob, Work } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { OBJECT_STORAGE, originalKey, type ObjectStorage } from '#libs/storage';
import type { NewOriginal } from '#libs/voices';
import { VoiceTracks } from '../analysis/voice-tracks.service.js';
import { OriginalSplitter } from './original-splitter.js';
import { SampleWriter } from './sample-writer.js';
import { firstWindows, plannedWindows } from './split-request.js';
import { SplittingService, type SplitSample } from './splitting.service.js';

/** The conversion of one recording. */
export interface Conversion {
  readonly job: SplitJob;
  readonly work: Work;
  readonly facts: RecordingFacts;
  /** A folder that only this job uses. */
  readonly folder: string;
  readonly inputPath: string;
}

/** What a conversion has stored at its end. */
interface Converted {
  readonly original: NewOriginal;
  readonly track: AnalysisTrack;
}

/**
 * Converts a recording into its original, and into samples if these are not committed yet. It is decoded and encoded once,
 * and measured on the way.
 *
 * The first windows are cut from the packets as they arrive, so that the samples of an hour are committed after its first
 * minutes. They get their quality with the original, when all of it was measured. Samples that need a plan are cut from
 * the original when it is stored, and all is committed at once.
 */
@Injectable()
export class RecordingConverter {
  constructor(
    private readonly splitting: SplittingService,
    private readonly originals: OriginalSplitter,
    private readonly tracks: VoiceTracks,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(AUDIO_TOOLS) private readonly tools: AudioTools,
    private readonly slots: EncodeSlots,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Pick<Config, 'maxRecordingSeconds'>,
  ) {}

  /**
   * Converts a recording and commits the results.
   *
   * @param inOnePiece for a second attempt, after the sections of the recording disagreed
   */
  async convert(conversion: Conversion, inOnePiece = false): Promise<void> {
    const { job, facts } = conversion;
    const lacksSamples = job.stage === 'samples';
    const first = lacksSamples ? firstWindows(job.params) : null;
    const encoding = await this.encode(conversion, first === null ? 0 : secondsNeeded(first), inOnePiece);
    // Samples are committed as soon as all are complete, not at the end of the recording.
    let samples = first && new SampleWriter(this.storage, job, first, encoding.preSkip);
    const cut = async (packets: readonly Uint8Array[]): Promise<void> => {
      samples?.push(packets);
      if (!samples?.done) return;
      await this.splitting.commit(job, { samples: await samples.stored(() => encoding.missing()) });
      samples = null;
    };
    try {
      const file = originalFile(encoding, serialFrom(job.id), cut, (totalSamples) => samples?.finish(totalSamples));
      const converted = await this.store(conversion, encoding, file);
      const { durationSeconds, missing } = converted.original;
      const isPlanned = lacksSamples && first === null;
      await this.splitting.commit(job, {
        ...converted,
        samples: isPlanned ? await this.cutPlanned(conversion, converted) : await samples?.stored(() => missing),
        warnings: recordingWarnings(facts, { decodedSeconds: durationSeconds, missing, jumps: encoding.jumps() }),
      });
    } catch (error) {
      if (!(error instanceof SectionsDisagree)) throw error;
      await encoding.close();
      // Samples committed before the sections disagreed are correct: only the original is missing.
      const isHalfDone = first !== null && samples === null;
      await this.convert({ ...conversion, job: isHalfDone ? { ...job, stage: 'original' } : job }, true);
    } finally {
      await encoding.close();
    }
  }

  private encode(
    { work, facts, folder, inputPath }: Conversion,
    firstSeconds: number,
    inOnePiece: boolean,
  ): Promise<RecordingEncoding> {
    const knownSeconds = Math.ceil(facts.durationSeconds ?? 0);
    const onProgress = (encodedSeconds: number): void => {
      const done = Math.floor(encodedSeconds);
      work.report({ stage: 'converting', done, of: Math.max(knownSeconds, done) });
    };
    return encodeRecording({
      tools: this.tools,
      slots: this.slots,
      facts,
      inOnePiece,
      firstSeconds,
      inputPath,
      workFolder: folder,
      limits: recordingLimits(this.config.maxRecordingSeconds),
      signal: work.signal,
      onProgress,
    });
  }

  /** Stores the original and its track, beside each other. */
  private async store(
    { job, work }: Conversion,
    encoding: RecordingEncoding,
    file: AsyncIterable<Uint8Array>,
  ): Promise<Converted> {
    const { voiceId, partnerId } = job;
    const objectKey = originalKey({ voiceId, jobId: job.id, generation: job.generation });
    const { bytes } = await this.storage.put(objectKey, file, { contentType: 'audio/ogg' });
    const durationSeconds = encoding.totalSamples() / samplesPerSecond;
    this.metrics.count('audioSeconds', { source: 'recording' }, durationSeconds);
    const voice = { id: voiceId, partnerId, originalKey: objectKey };
    const { track, ...analysis } = await this.tracks.keep(voice, encoding.track(), work.signal);
    return { original: { objectKey, bytes, ...analysis, durationSeconds, missing: encoding.missing() }, track };
  }

  private cutPlanned({ job, work }: Conversion, { original, track }: Converted): Promise<SplitSample[]> {
    const { objectKey, missing } = original;
    const windows = plannedWindows(job.params, track);
    return this.originals.cut(job, work, { originalKey: objectKey, windows, missing });
  }
}

/** Yields the bytes of the original. Passes its packets to `cut` on the way, and its length to `finish` at the end. */
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
