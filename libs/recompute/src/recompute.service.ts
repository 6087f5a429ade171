import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { Database, rowsOf, type Transaction } from '#libs/database';
import { EmbeddingsService } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import { countVoices, insertRecompute, type RecomputeScope } from './recompute-scope.js';
import { cancelRecompute, lockTurns } from './recompute-rows.js';
import { RecomputesRepository, type Recompute } from './recomputes.repository.js';

/** What an operator asks for. */
export interface RecomputeRequest extends Pick<RecomputeScope, 'ttsType' | 'engineOlderThan'> {
  /** Name of a partner; null: all. */
  readonly partner: string | null;
  /** Whether it only counts. */
  readonly isDryRun: boolean;
}

export interface StartedRecompute {
  /** null after a dry run. */
  readonly id: string | null;
  readonly voices: number;
}

/** Makes the embeddings of many voices anew, as operators ask for it. A worker then does the work. */
@Injectable()
export class RecomputeService {
  constructor(
    private readonly database: Database,
    private readonly embeddings: EmbeddingsService,
    private readonly recomputes: RecomputesRepository,
  ) {}

  /**
   * Starts a recompute, or counts the voices that it would have.
   *
   * @throws AppError `invalid_parameter` (no such tts type) | `partner_not_found`
   */
  async start(asked: RecomputeRequest): Promise<StartedRecompute> {
    this.embeddings.checkTtsType(asked.ttsType);
    return this.database.transaction(async (tx) => {
      const { ttsType, engineOlderThan } = asked;
      const partnerId = asked.partner === null ? null : await keepPartner(tx, asked.partner);
      const scope = { ttsType, engineOlderThan, partnerId };
      if (asked.isDryRun) return { id: null, voices: await countVoices(tx, scope) };
      const made = await insertRecompute(tx, scope);
      const details = {
        recompute: made.id,
        tts_type: ttsType,
        engine_older_than: engineOlderThan,
        voices: made.voices,
      };
      await recordChange(tx, { action: 'recompute.start', partnerId, details });
      return made;
    });
  }

  /**
   * Ends a recompute: no further voice is embedded. GPU jobs that are at work are finished, because they are paid for.
   * Does nothing if the recompute has ended.
   *
   * @throws AppError `recompute_not_found`
   */
  async cancel(id: string): Promise<Recompute> {
    await this.database.transaction(async (tx) => {
      await lockTurns(tx, id);
      const cancelled = await cancelRecompute(tx, id);
      if (cancelled === null) return;
      const { partnerId, skipped } = cancelled;
      await recordChange(tx, { action: 'recompute.cancel', partnerId, details: { recompute: id, skipped } });
    });
    return this.get(id);
  }

  /** @throws AppError `recompute_not_found` */
  async get(id: string): Promise<Recompute> {
    const found = await this.recomputes.find(id);
    if (found === null) throw AppError.of('recompute_not_found');
    return found;
  }

  /** Returns the newest recomputes, newest first. */
  list(): Promise<readonly Recompute[]> {
    return this.recomputes.list();
  }
}

/** Finds a partner, and delays its erasure until the end of the transaction. @throws AppError `partner_not_found` */
async function keepPartner(tx: Transaction, name: string): Promise<string> {
  const statement = 'SELECT id FROM partners WHERE name = $1 FOR KEY SHARE';
  const [partner] = await rowsOf<{ readonly id: string }>(tx, statement, [name]);
  if (partner === undefined) throw AppError.of('partner_not_found');
  return partner.id;
}
