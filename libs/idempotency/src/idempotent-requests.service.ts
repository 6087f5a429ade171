import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Database, type ChangeSubject, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { SIGNING_SECRETS } from '#libs/storage';
import { IdempotencyKeysRepository, renewEveryMs, type Claim, type KeyRef } from './idempotency-keys.repository.js';
import { openAnswer, sealAnswer, type KeptAnswer } from './sealed-answer.js';

/** A request that was sent with an `Idempotency-Key`. */
export interface IdempotentRequest {
  /** The text of the key. */
  readonly key: string;
  /** The partner that the request is about; null for operators' own routes. */
  readonly partnerId: string | null;
  readonly voiceId: string | null;
  /** SHA-256 of everything that makes it this request. */
  readonly fingerprint: Buffer;
  /** How long it waits for the answer of the first request, if that is still under way. */
  readonly waitMs: number;
  /** Aborts when the client leaves. Only waiting stops then. */
  readonly signal: AbortSignal;
}

/** The work of a request. */
export interface IdempotentWork {
  run(): Promise<KeptAnswer>;
  /** Returns the answer to a failure that is kept, or null: then the next request with the key is processed. */
  keptFailure(error: unknown): KeptAnswer | null;
}

export interface GivenAnswer {
  readonly answer: KeptAnswer;
  readonly isReplayed: boolean;
}

/** Between two looks at a key that another request has. */
const [firstPauseMs, longestPauseMs] = [50, 500];
const retryAfterSeconds = 2;

/** Processes the requests of one idempotency key once, and gives the first answer again. */
@Injectable()
export class IdempotentRequests {
  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyKeysRepository,
    @Inject(SIGNING_SECRETS) private readonly secrets: readonly string[],
  ) {}

  /**
   * Processes a request, or returns the answer that the first request with its key got. Waits for that request while it is
   * under way.
   *
   * A change is committed in one transaction with its answer. If this process dies before, nothing has changed, and the
   * key is free when its lease has expired; if it dies afterwards, the answer is kept.
   *
   * @throws AppError `idempotency_key_reused` | `idempotency_key_busy` | `idempotency_answer_deleted` |
   *   `partner_not_found`, or what the work throws
   */
  async answer(request: IdempotentRequest, work: IdempotentWork): Promise<GivenAnswer> {
    const claimed = await this.claimOrFind(request);
    if ('answer' in claimed) return { answer: claimed.answer, isReplayed: true };
    return { answer: await this.process(request, claimed, work), isReplayed: false };
  }

  /** Whether an answer to this key is kept. */
  async hasAnswer(request: Pick<IdempotentRequest, 'key' | 'partnerId'>): Promise<boolean> {
    const held = await this.keys.find(keyRefOf(request));
    return held !== null && held.sealed !== null;
  }

  private async claimOrFind(request: IdempotentRequest): Promise<Claim | { readonly answer: KeptAnswer }> {
    const key = keyRefOf(request);
    const waitUntil = performance.now() + request.waitMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const claim = await this.keys.claim(key, request.fingerprint);
      if (claim !== null) return claim;
      const held = await this.keys.find(key);
      if (held !== null && !held.fingerprint.equals(request.fingerprint)) throw AppError.of('idempotency_key_reused');
      if (held?.answered) return { answer: this.opened(held.sealed, request.key) };
      if (performance.now() >= waitUntil) throw busy();
      await sleep(pauseMs);
      request.signal.throwIfAborted();
    }
  }

  private opened(sealed: Buffer | null, key: string): KeptAnswer {
    const answer = sealed && openAnswer(sealed, key, this.secrets);
    if (answer === null) throw AppError.of('idempotency_answer_deleted');
    return answer;
  }

  private async process(request: IdempotentRequest, claim: Claim, work: IdempotentWork): Promise<KeptAnswer> {
    const renewing = setInterval(() => void this.keys.renew(claim).catch(() => undefined), renewEveryMs);
    const keep = async (tx: Transaction, answer: KeptAnswer, changed: ChangeSubject | null): Promise<void> => {
      const { partnerId, voiceId } = request;
      const sealed = sealAnswer(answer, request.key, this.secrets);
      const about = changed ?? (partnerId === null ? null : { partnerId, voiceId });
      if (!(await this.keys.keep(tx, claim, sealed, about))) throw busy();
    };
    try {
      return await this.database.answering(() => work.run(), keep);
    } catch (error) {
      const failure = work.keptFailure(error);
      const settled = failure ? this.database.transaction((tx) => keep(tx, failure, null)) : this.keys.release(claim);
      await settled.catch(() => undefined); // then the lease expires
      throw error;
    } finally {
      clearInterval(renewing);
    }
  }
}

const busy = (): AppError => AppError.of('idempotency_key_busy', { retryAfterSeconds });

const keyRefOf = ({ key, partnerId }: Pick<IdempotentRequest, 'key' | 'partnerId'>): KeyRef => ({
  partnerId,
  keySha256: hash('sha256', key, 'buffer'),
});
