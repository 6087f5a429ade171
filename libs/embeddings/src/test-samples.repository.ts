import { TestSampleEntity, type Database } from '#libs/database';

/** Reads of test samples. */
export class TestSamplesRepository {
  constructor(private readonly database: Database) {}

  list(voiceId: string, ttsType: string): Promise<TestSampleEntity[]> {
    return this.database.run((manager) =>
      manager.find(TestSampleEntity, {
        where: { voiceId, ttsType },
        order: { sampleIndex: 'ASC', sentenceIndex: 'ASC' },
      }),
    );
  }

  find(voiceId: string, ttsType: string, sampleIndex: number, sentenceIndex: number): Promise<TestSampleEntity | null> {
    return this.database.run((manager) =>
      manager.findOneBy(TestSampleEntity, { voiceId, ttsType, sampleIndex, sentenceIndex }),
    );
  }
}
