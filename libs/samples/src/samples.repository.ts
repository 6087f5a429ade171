import { SampleEntity, type Database } from '#libs/database';
import { isVoiceName } from '#libs/voices';

/** What a sample's audio is served from, by the names its URL has; all but the voice null where there is no sample. */
export interface NamedSample {
  readonly voiceId: string;
  readonly objectKey: string | null;
  readonly bytes: number | null;
  /** Hex. */
  readonly sha256: string | null;
}

/** Reads of samples. */
export class SamplesRepository {
  constructor(private readonly database: Database) {}

  list(voiceId: string): Promise<SampleEntity[]> {
    return this.database.run((manager) => manager.find(SampleEntity, { where: { voiceId }, order: { index: 'ASC' } }));
  }

  /** The voice of that name, compared exactly, with its sample of that index; null when there is no such voice. */
  async findNamed(partnerId: string, voiceName: string, index: number): Promise<NamedSample | null> {
    if (!isVoiceName(voiceName)) return null;
    const [found] = await this.database.read<NamedSample>(
      'sample by names',
      `SELECT v.id AS "voiceId", s.object_key AS "objectKey", s.bytes, s.sha256
       FROM voices v LEFT JOIN samples s ON s.voice_id = v.id AND s.index = $3
       WHERE v.partner_id = $1 AND v.name = $2`,
      [partnerId, voiceName, index],
    );
    return found ?? null;
  }
}
