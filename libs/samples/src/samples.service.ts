import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { Database, EmbeddingEntity, SampleEntity, VoiceEntity, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { removeObjects } from '#libs/storage';
import { changeVoice, contractSeconds, type SampleDetails, type VoiceRef } from '#libs/voices';
import { SamplesRepository } from './samples.repository.js';

/** A voice holds no more samples than this. */
export const maxSamplesPerVoice = 500;

/** Could a sample have this index? From 1 to Postgres' largest integer. */
const isIndex = (index: number): boolean => index >= 1 && index <= 2_147_483_647;

/** An uploaded sample, converted and durable in storage. */
export interface ConvertedSample {
  readonly objectKey: string;
  readonly durationSeconds: number;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Where the audio of a sample lies, and whose it is. */
export interface SampleAudio extends Pick<SampleEntity, 'objectKey' | 'bytes' | 'sha256'> {
  readonly voice: VoiceRef;
}

/** What is stored of a sample. */
export type StoredSample = Readonly<
  Pick<SampleEntity, 'index' | 'sourceStartSeconds' | 'durationSeconds' | 'objectKey' | 'bytes' | 'sha256'>
>;

/** Samples of a voice, one by one. */
@Injectable()
export class SamplesService {
  constructor(
    private readonly database: Database,
    private readonly samples: SamplesRepository,
  ) {}

  /** By index. */
  list(voiceId: string): Promise<readonly StoredSample[]> {
    return this.samples.list(voiceId);
  }

  /**
   * The audio of a sample by the names its URL has, in one statement.
   *
   * @throws AppError `voice_not_found` | `sample_not_found`
   */
  async audio(partnerId: string, voiceName: string, index: number): Promise<SampleAudio> {
    const found = await this.samples.findNamed(partnerId, voiceName, isIndex(index) ? index : 0);
    if (found === null) throw AppError.of('voice_not_found');
    const { voiceId, objectKey, bytes, sha256 } = found;
    if (objectKey === null || bytes === null || sha256 === null) throw AppError.of('sample_not_found');
    return { voice: { id: voiceId, partnerId, name: voiceName }, objectKey, bytes, sha256 };
  }

  /**
   * Says early, before a conversion is paid for, that an upload could not be taken.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `too_many_samples`
   */
  async refuseIfNoRoom(voiceId: string): Promise<void> {
    await changeVoice(this.database, voiceId, async (_tx, voice) => refuseIfFull(voice));
  }

  /**
   * Adds an uploaded sample. Its index was never used before; embeddings are stale from now on.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `too_many_samples`; the object is then the caller's to remove
   */
  add(voiceId: string, sample: ConvertedSample): Promise<SampleDetails> {
    return changeVoice(this.database, voiceId, async (tx, voice) => {
      refuseIfFull(voice);
      const index = voice.nextSampleIndex;
      await tx.insert(SampleEntity, { voiceId, index, sourceStartSeconds: null, ...sample });
      await tx.update(
        VoiceEntity,
        { id: voiceId },
        { nextSampleIndex: index + 1, sampleCount: voice.sampleCount + 1, updatedAt: () => 'now()' },
      );
      await markStale(tx, voiceId);
      await recordChange(tx, { action: 'sample.add', partnerId: voice.partnerId, voiceId, details: { sample: index } });
      return { index, source_timestamp: null, duration: contractSeconds(sample.durationSeconds) };
    });
  }

  /**
   * Deletes a sample; a preference for it goes too, the other indexes stay.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `sample_not_found`
   */
  remove(voiceId: string, index: number): Promise<void> {
    return changeVoice(this.database, voiceId, async (tx, voice) => {
      const sample = isIndex(index) ? await tx.findOneBy(SampleEntity, { voiceId, index }) : null;
      if (sample === null) throw AppError.of('sample_not_found');
      await removeObjects(tx, [sample.objectKey], 0);
      await tx.delete(SampleEntity, { id: sample.id });
      const wasPreferred = voice.preferredSampleIndex === index;
      await tx.update(
        VoiceEntity,
        { id: voiceId },
        {
          sampleCount: voice.sampleCount - 1,
          ...(wasPreferred ? { preferredSampleIndex: null, preferredBy: null } : {}),
          updatedAt: () => 'now()',
        },
      );
      await markStale(tx, voiceId);
      const details = { sample: index };
      await recordChange(tx, { action: 'sample.delete', partnerId: voice.partnerId, voiceId, details });
    });
  }
}

function refuseIfFull(voice: VoiceEntity): void {
  if (voice.sampleCount >= maxSamplesPerVoice) throw AppError.of('too_many_samples');
}

/** The samples changed since every embedding there is. Their scores stay: no index is used again. */
async function markStale(tx: Transaction, voiceId: string): Promise<void> {
  await tx.update(EmbeddingEntity, { voiceId }, { stale: true });
}
