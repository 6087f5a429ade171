import { randomUUID } from 'node:crypto';
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
import type { Config } from '#libs/config';
import { isAppError } from '#libs/errors';
import { Metrics } from '#libs/metrics';
import { SamplesService } from '#libs/samples';
import { OBJECT_STORAGE, uploadedSampleKey, type ObjectStorage } from '#libs/storage';
import type { SampleDetails } from '#libs/voices';
import { CONFIG } from '../app-tokens.js';
import type { ReceivedFile } from '../body/multipart.js';
import { AudioWork } from '../audio/audio-work.js';

/** Takes uploaded samples in: the one conversion the API runs itself. */
@Injectable()
export class UploadedSamples {
  constructor(
    private readonly audio: AudioWork,
    private readonly samples: SamplesService,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Checks, converts, stores and adds a sample: when this resolves it can be downloaded.
   *
   * @param signal aborts when the client goes away
   * @throws AppError `unusable_audio` | `voice_locked` | `too_many_samples` | `unavailable` | `insufficient_storage`; no
   *   object is left then
   */
  async add(voiceId: string, file: ReceivedFile, signal: AbortSignal): Promise<SampleDetails> {
    const limits = recordingLimits(this.config.maxSampleSeconds);
    const facts = await this.audio.probe(
      (tools) => probeRecording({ tools, inputPath: file.path, limits, signal }),
      signal,
    );
    await this.samples.refuseIfNoRoom(voiceId);
    const sampleId = randomUUID();
    const workFolder = path.dirname(file.path);
    const converted = await this.audio.convert(
      (tools) =>
        convertHeard({
          tools,
          inputPath: file.path,
          facts,
          workFolder,
          outputPath: path.join(workFolder, 'sample.opus'),
          serial: serialFrom(sampleId),
          limits,
          signal,
        }),
      signal,
    );
    this.metrics.count('audioSeconds', { source: 'sample' }, converted.durationSeconds);
    return this.store(voiceId, sampleId, converted);
  }

  private async store(voiceId: string, sampleId: string, converted: EncodedFile): Promise<SampleDetails> {
    const objectKey = uploadedSampleKey(voiceId, sampleId);
    const stored = await this.storage.putFile(objectKey, converted.path, {
      contentType: 'audio/ogg',
      computeSha256: true,
    });
    try {
      return await this.samples.add(voiceId, {
        objectKey,
        durationSeconds: converted.durationSeconds,
        bytes: stored.bytes,
        sha256: stored.sha256 ?? '',
      });
    } catch (error) {
      // As for recordings: with the connection lost the row may be there.
      if (!isAppError(error, 'unavailable')) await this.storage.delete([objectKey]).catch(() => undefined);
      throw error;
    }
  }
}

/** @throws AppError `unusable_audio` when there is nothing to hear; as `encodeToFile` */
async function convertHeard(options: EncodeToFileOptions): Promise<EncodedFile> {
  await refuseSilence(options.facts, options);
  return encodeToFile(options);
}
