import { SampleEntity, type Database } from '#libs/database';

/** The samples of a voice, by index. Read here and not through libs/samples, which uses this lib. */
export function samplesOf(database: Database, voiceId: string): Promise<readonly SampleEntity[]> {
  return database.run((manager) => manager.find(SampleEntity, { where: { voiceId }, order: { index: 'ASC' } }));
}
