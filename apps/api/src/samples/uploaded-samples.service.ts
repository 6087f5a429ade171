import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { measureQuality, type EncodedFile } from '#libs/audio';
import { isAppError } from '#libs/errors';
import { Metrics } from '#libs/metrics';
import { SamplesService } from '#libs/samples';
import { OBJECT_STORAGE, uploadedSampleKey, type ObjectStorage } from '#libs/storage';
import type { SampleInfo, VoiceRef } from '#libs/voices';
import { ShortRecordings } from '../audio/short-recordings.js';
import type { ReceivedFile } from '../body/multipart.js';

/** Receives uploaded samples. The API converts them itself. */
@Injectable()
export class UploadedSamplesService {
  constructor(
    private readonly recordings: ShortRecordings,
    private readonly samples: SamplesService,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Checks, converts, stores and adds a sample. Afterwards it can be downloaded.
   *
   * @param signal aborts when the client leaves
   * @throws AppError `unusable_audio` | `voice_locked` | `too_many_samples` | `unavailable` | `insufficient_storage`; no
   *   object remains then
   */
  async add(voice: VoiceRef, file: ReceivedFile, signal: AbortSignal): Promise<SampleInfo> {
    const id = randomUUID();
    const recording = { partnerId: voice.partnerId, id, file, signal };
    const converted = await this.recordings.convert(recording, () => this.samples.refuseIfNoRoom(voice.id));
    this.metrics.count('audioSeconds', { source: 'sample' }, converted.durationSeconds);
    return this.store(voice.id, id, converted);
  }

  private async store(voiceId: string, sampleId: string, converted: EncodedFile): Promise<SampleInfo> {
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
        quality: measureQuality(converted.track, { startSamples: 0, durationSamples: converted.durationSamples }),
      });
    } catch (error) {
      // As for recordings: if the connection to Postgres was lost, the row may exist.
      if (!isAppError(error, 'unavailable')) await this.storage.delete([objectKey]).catch(() => undefined);
      throw error;
    }
  }
}
