import { SampleEntity, type Database } from '#libs/database';

/** Reads of samples. */
export class SamplesRepository {
  constructor(private readonly database: Database) {}

  list(voiceId: string): Promise<SampleEntity[]> {
    return this.database.run((manager) => manager.find(SampleEntity, { where: { voiceId }, order: { index: 'ASC' } }));
  }

  find(voiceId: string, index: number): Promise<SampleEntity | null> {
    return this.database.run((manager) => manager.findOneBy(SampleEntity, { voiceId, index }));
  }
}
