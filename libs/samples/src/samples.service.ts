import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import type { QualityFigures } from '#libs/audio';
import { Database, SampleEntity, type VoiceEntity } from '#libs/database';
import { markEmbeddingsStale } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import { removeObjects } from '#libs/retention';
import { refuseOverQuota } from '#libs/usage';
import {
  changeVoice,
  isSampleIndex,
  releaseSampleIndex,
  takeSampleIndex,
  type SampleInfo,
  type VoiceRef,
} from '#libs/voices';
import { qualityOf } from './analysis/sample-quality.js';
import { SamplesRepository } from './samples.repository.js';

/** Maximum number of samples of a voice. */
export const maxSamplesPerVoice = 500;

/** The audio of a sample, durable in storage. */
export interface StoredAudio {
  readonly objectKey: string;
  readonly durationSeconds: number;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** An uploaded sample, converted and durable in storage. */
export interface ConvertedSample extends StoredAudio {
  readonly quality: QualityFigures;
}

/** Where the audio of a sample is stored, and the voice it belongs to. */
export interface SampleAudio extends Pick<SampleEntity, 'objectKey' | 'bytes' | 'sha256'> {
  readonly voice: VoiceRef;
}

/** A sample as its row holds it. */
export type StoredSample = Readonly<
  Pick<SampleEntity, 'index' | 'sourceStartSeconds' | 'durationSeconds' | 'objectKey' | 'bytes' | 'sha256'>
> & {
  /** null until it was measured. */
  readonly quality: QualityFigures | null;
};

/** Samples as requests see them: list, read, add, delete. */
@Injectable()
export class SamplesService {
  constructor(
    private readonly database: Database,
    private readonly samples: SamplesRepository,
  ) {}

  /** Returns all samples of a voice, ordered by index. */
  async list(voiceId: string): Promise<readonly StoredSample[]> {
    const samples = await this.samples.list(voiceId);
    return samples.map((sample) => ({ ...sample, quality: qualityOf(sample) }));
  }

  /**
   * Finds the audio of a sample by its URL, which has the name or the id of its voice, with one statement.
   *
   * @throws AppError `voice_not_found` | `sample_not_found`
   */
  async audio(partnerId: string, voiceNameOrId: string, index: number): Promise<SampleAudio> {
    const found = await this.samples.findNamed(partnerId, voiceNameOrId, isSampleIndex(index) ? index : 0);
    if (found === null) throw AppError.of('voice_not_found');
    const { voiceId, voiceName, objectKey, bytes, sha256 } = found;
    if (objectKey === null || bytes === null || sha256 === null) throw AppError.of('sample_not_found');
    return { voice: { id: voiceId, partnerId, name: voiceName }, objectKey, bytes, sha256 };
  }

  /**
   * Refuses an upload before the costly conversion, if it could not be added afterwards.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `too_many_samples` | `quota_exceeded`
   */
  async refuseIfNoRoom(voiceId: string): Promise<void> {
    await changeVoice(this.database, voiceId, async (tx, voice) => {
      refuseIfFull(voice);
      await refuseOverQuota(tx, voice.partnerId, {});
    });
  }

  /**
   * Adds an uploaded sample under an index that was never used before. Embeddings become stale.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `too_many_samples` | `quota_exceeded`; the caller then removes the object
   */
  add(voiceId: string, sample: ConvertedSample): Promise<SampleInfo> {
    return changeVoice(this.database, voiceId, async (tx, voice) => {
      refuseIfFull(voice);
      await refuseOverQuota(tx, voice.partnerId, { bytes: sample.bytes });
      await markEmbeddingsStale(tx, voiceId);
      const index = await takeSampleIndex(tx, voice);
      await tx.insert(SampleEntity, { voiceId, index, sourceStartSeconds: null, ...sample });
      await recordChange(tx, { action: 'sample.add', partnerId: voice.partnerId, voiceId, details: { sample: index } });
      const { durationSeconds, quality } = sample;
      return { index, sourceStartSeconds: null, startSeconds: null, durationSeconds, quality };
    });
  }

  /**
   * Deletes a sample and a preference for it. The other samples keep their indexes. Embeddings become stale.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `sample_not_found`
   */
  remove(voiceId: string, index: number): Promise<void> {
    return changeVoice(this.database, voiceId, async (tx, voice) => {
      const sample = isSampleIndex(index) ? await tx.findOneBy(SampleEntity, { voiceId, index }) : null;
      if (sample === null) throw AppError.of('sample_not_found');
      await markEmbeddingsStale(tx, voiceId);
      await removeObjects(tx, [sample.objectKey], 0);
      await tx.delete(SampleEntity, { id: sample.id });
      await releaseSampleIndex(tx, voice, index);
      const details = { sample: index };
      await recordChange(tx, { action: 'sample.delete', partnerId: voice.partnerId, voiceId, details });
    });
  }
}

function refuseIfFull(voice: VoiceEntity): void {
  if (voice.sampleCount >= maxSamplesPerVoice) throw AppError.of('too_many_samples');
}
