import { Injectable } from '@nestjs/common';
import { ConsentEntity, Database } from '#libs/database';

/** Reads consents. */
@Injectable()
export class ConsentsRepository {
  constructor(private readonly database: Database) {}

  /** Returns all consents of a voice, oldest first, revoked ones included. */
  list(voiceId: string): Promise<ConsentEntity[]> {
    return this.database.run((manager) =>
      manager.find(ConsentEntity, { where: { voiceId }, order: { createdAt: 'ASC', id: 'ASC' } }),
    );
  }

  find(voiceId: string, id: string): Promise<ConsentEntity | null> {
    return this.database.run((manager) => manager.findOneBy(ConsentEntity, { id, voiceId }));
  }

  count(voiceId: string): Promise<number> {
    return this.database.run((manager) => manager.countBy(ConsentEntity, { voiceId }));
  }
}
