import { Injectable } from '@nestjs/common';
import { Database, SpeechEntity } from '#libs/database';

/** Reads speeches. */
@Injectable()
export class SpeechesRepository {
  constructor(private readonly database: Database) {}

  /** Finds a speech of a voice that has not expired. Postgres' clock decides. */
  find(voiceId: string, id: string): Promise<SpeechEntity | null> {
    return this.database.run((manager) =>
      manager
        .createQueryBuilder(SpeechEntity, 'speech')
        .where('speech.id = :id AND speech.voice_id = :voiceId', { id, voiceId })
        .andWhere('(speech.expires_at IS NULL OR speech.expires_at > now())')
        .getOne(),
    );
  }

  /** Finds the speech of a job, in any state. */
  ofJob(jobId: string): Promise<SpeechEntity | null> {
    return this.database.run((manager) => manager.findOneBy(SpeechEntity, { id: jobId }));
  }
}
