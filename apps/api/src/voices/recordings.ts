import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { probeRecording, recordingLimits } from '#libs/audio';
import type { Config } from '#libs/config';
import { isAppError } from '#libs/errors';
import { OBJECT_STORAGE, uploadKey, type ObjectStorage } from '#libs/storage';
import { uploadedName, VoicesService, type NewVoice, type VoiceDetails } from '#libs/voices';
import { CONFIG } from '../app-tokens.js';
import type { ReceivedFile } from '../body/multipart.js';
import { AudioWork } from '../audio/audio-work.js';

/** Takes recordings in: checked, stored, then told to the database. */
@Injectable()
export class Recordings {
  constructor(
    private readonly audio: AudioWork,
    private readonly voices: VoicesService,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes a voice of a recording. When this resolves the recording is durable and its splitting has begun.
   *
   * @throws AppError `unusable_audio` | `voice_exists` | `unavailable` | `insufficient_storage`; no voice and no object is
   *   left then
   */
  async createVoice(voice: NewVoice, file: ReceivedFile): Promise<VoiceDetails> {
    const facts = await this.audio.probe((tools) =>
      probeRecording({ tools, inputPath: file.path, limits: recordingLimits(this.config.maxRecordingSeconds) }),
    );
    const key = uploadKey(voice.id, randomUUID());
    await this.storage.putFile(key, file.path, { contentType: 'application/octet-stream' });
    try {
      return await this.voices.create(voice, {
        uploadKey: key,
        uploadedName: uploadedName(file.clientName),
        durationSeconds: facts.durationSeconds,
        facts,
      });
    } catch (error) {
      // With the connection lost nobody knows whether the voice was made: then the object stays, and is collected as
      // garbage should no row name it.
      if (!isAppError(error, 'unavailable')) await this.storage.delete([key]).catch(() => undefined);
      throw error;
    }
  }
}
