import { Injectable } from '@nestjs/common';
import { Database, TestSampleEntity } from '#libs/database';

/** Reads test samples. */
@Injectable()
export class TestSamplesRepository {
  constructor(private readonly database: Database) {}

  /** All test samples of a voice and tts type, by sample, then by sentence. */
  list(voiceId: string, ttsType: string): Promise<TestSampleEntity[]> {
    return this.database.run((manager) =>
      manager.find(TestSampleEntity, {
        where: { voiceId, ttsType },
        select: { sampleIndex: true, sentenceIndex: true, durationSeconds: true },
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
