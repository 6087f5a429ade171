import { Injectable } from '@nestjs/common';
import { Database, SampleEntity } from '#libs/database';
import { voiceInUrl } from '#libs/voices';

/** A voice, and where the audio of one of its samples is stored. The other fields are null if the voice has no such sample. */
export interface NamedSample {
  readonly voiceId: string;
  readonly voiceName: string;
  readonly objectKey: string | null;
  readonly bytes: number | null;
  /** Hex. */
  readonly sha256: string | null;
}

/** Reads samples. */
@Injectable()
export class SamplesRepository {
  constructor(private readonly database: Database) {}

  /** Reads all samples of a voice, ordered by index. */
  list(voiceId: string): Promise<SampleEntity[]> {
    return this.database.run((manager) => manager.find(SampleEntity, { where: { voiceId }, order: { index: 'ASC' } }));
  }

  /** Finds a sample by its index and the exact name or the id of its voice. Returns null if there is no such voice. */
  async findNamed(partnerId: string, voiceNameOrId: string, index: number): Promise<NamedSample | null> {
    const voice = voiceInUrl(voiceNameOrId);
    if (voice === null) return null;
    const [found] = await this.database.read<NamedSample>(
      `sample by ${voice.by}`,
      `SELECT v.id AS "voiceId", v.name AS "voiceName", s.object_key AS "objectKey", s.bytes, s.sha256
       FROM voices v LEFT JOIN samples s ON s.voice_id = v.id AND s.index = $3
       WHERE ${voice.sql}`,
      [partnerId, voiceNameOrId, index],
    );
    return found ?? null;
  }
}
