import { Injectable } from '@nestjs/common';
import { Database, PartnerEntity, type Transaction } from '#libs/database';

/** What operators may change of a partner. What is undefined stays. */
export type PartnerChange = {
  readonly [K in 'maxVoices' | 'maxBytes' | 'maxGpuSecondsPerMonth' | 'keepOriginalsDays']?:
    | PartnerEntity[K]
    | undefined;
};

/** The table `partners`. */
@Injectable()
export class PartnersRepository {
  constructor(private readonly database: Database) {}

  find(name: string): Promise<PartnerEntity | null> {
    return this.database.run((manager) => manager.findOneBy(PartnerEntity, { name }));
  }

  /** Returns all partners, ordered by name. */
  list(): Promise<PartnerEntity[]> {
    return this.database.run((manager) => manager.find(PartnerEntity, { order: { name: 'ASC' } }));
  }

  /** Returns the id of the partner with this name, which is created if there is none. */
  async ensure(tx: Transaction, name: string): Promise<string> {
    await tx.createQueryBuilder().insert().into(PartnerEntity).values({ name }).orIgnore().execute();
    return (await tx.findOneByOrFail(PartnerEntity, { name })).id;
  }

  /**
   * Locks a partner. Waits for voices that are being created, and prevents new ones.
   *
   * @returns false if the partner does not exist any more
   */
  async lock(tx: Transaction, id: string): Promise<boolean> {
    const held = await tx.findOne(PartnerEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    return held !== null;
  }

  /** Writes columns of a partner. @returns the partner; null if it does not exist any more */
  async change(tx: Transaction, id: string, change: PartnerChange): Promise<PartnerEntity | null> {
    const given = Object.fromEntries(Object.entries(change).filter(([, to]) => to !== undefined));
    if (Object.keys(given).length > 0) await tx.update(PartnerEntity, { id }, given);
    return tx.findOneBy(PartnerEntity, { id });
  }

  /** Deletes a partner. Postgres deletes its keys with it. */
  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.delete(PartnerEntity, { id });
  }
}
