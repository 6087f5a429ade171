import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import {
  encodeToFile,
  probeRecording,
  recordingLimits,
  refuseSilence,
  serialFrom,
  type EncodedFile,
  type EncodeToFileOptions,
} from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { whileThere } from '#libs/storage';
import type { ReceivedFile } from '../body/multipart.js';
import { AudioWork } from './audio-work.js';

/** What a recording is for. */
export interface ShortRecording {
  readonly partnerId: string;
  /** Id of the sample or consent that it becomes. */
  readonly id: string;
  readonly file: ReceivedFile;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
}

/** Converts short recordings while their client waits: samples and consents, of up to MAX_SAMPLE_SECONDS. */
@Injectable()
export class ShortRecordings {
  constructor(
    private readonly audio: AudioWork,
    @Inject(CONFIG) private readonly config: Pick<Config, 'maxSampleSeconds'>,
  ) {}

  /**
   * Checks a recording and converts it, in the folder of the received file.
   *
   * @param beforeConversion refuses what could not be added afterwards, before the costly part
   * @throws AppError `unusable_audio` | `unavailable`, or whatever `beforeConversion` throws
   */
  convert(recording: ShortRecording, beforeConversion: () => Promise<void>): Promise<EncodedFile> {
    return whileThere(recording.file.path, () => this.convertFile(recording, beforeConversion));
  }

  private async convertFile(
    { partnerId, id, file: { path: inputPath }, signal }: ShortRecording,
    beforeConversion: () => Promise<void>,
  ): Promise<EncodedFile> {
    const limits = recordingLimits(this.config.maxSampleSeconds);
    const facts = await this.audio.probe(
      partnerId,
      (tools) => probeRecording({ tools, inputPath, limits, signal }),
      signal,
    );
    await beforeConversion();
    const workFolder = path.dirname(inputPath);
    const outputPath = path.join(workFolder, 'converted.opus');
    const recording = { inputPath, facts, workFolder, outputPath, serial: serialFrom(id), limits, signal };
    return this.audio.convert(partnerId, (tools) => convertHeard({ tools, ...recording }), signal);
  }
}

/** @throws AppError `unusable_audio` if the recording is silent; otherwise like `encodeToFile` */
async function convertHeard(options: EncodeToFileOptions): Promise<EncodedFile> {
  await refuseSilence(options.facts, options);
  return encodeToFile(options);
}
