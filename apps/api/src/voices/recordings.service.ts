import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { probeRecording, recordingLimits } from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { isAppError } from '#libs/errors';
import { OBJECT_STORAGE, uploadKey, whileThere, type ObjectStorage } from '#libs/storage';
import { uploadedName, VoicesService, type NewVoice, type RequestedSplit, type VoiceDetails } from '#libs/voices';
import type { ReceivedFile } from '../body/multipart.js';
import { AudioWork } from '../audio/audio-work.js';

/** Receives recordings: checks them, stores them, then adds them to the database. */
@Injectable()
export class RecordingsService {
  constructor(
    private readonly audio: AudioWork,
    private readonly voices: VoicesService,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Creates a voice from a recording. Afterwards the recording is durable and its splitting is queued.
   *
   * @throws AppError `unusable_audio` | `voice_exists` | `unavailable` | `insufficient_storage`; neither the voice nor the
   *   object exists then
   */
  async createVoice(voice: NewVoice, file: ReceivedFile, split: RequestedSplit): Promise<VoiceDetails> {
    const [inputPath, limits] = [file.path, recordingLimits(this.config.maxRecordingSeconds)];
    const facts = await whileThere(inputPath, () =>
      this.audio.probe(voice.partnerId, (tools) => probeRecording({ tools, inputPath, limits })),
    );
    const key = uploadKey(voice.id, randomUUID());
    await this.storage.putFile(key, file.path, { contentType: 'application/octet-stream' });
    try {
      const stored = { uploadKey: key, bytes: file.bytes, uploadedName: uploadedName(file.clientName) };
      return await this.voices.create(voice, { ...stored, durationSeconds: facts.durationSeconds, facts }, split);
    } catch (error) {
      // If the connection to Postgres was lost, the voice may exist, so the object stays. The garbage collector removes it
      // if no row names it.
      if (!isAppError(error, 'unavailable')) await this.storage.delete([key]).catch(() => undefined);
      throw error;
    }
  }
}
