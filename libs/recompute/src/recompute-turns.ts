import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Database, lockVoice, type Transaction } from '#libs/database';
import { EmbeddingsService } from '#libs/embeddings';
import { isAppError, type FailureCode } from '#libs/errors';
import { Dispatcher } from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { isLocked } from '#libs/voices';
import {
  countEnded,
  findTurn,
  finishRecomputes,
  hasWork,
  isSameRun,
  isTurn,
  lockTurns,
  postponeVoice,
  recordJob,
  skipVoice,
  type Turn,
} from './recompute-rows.js';

/** Why a voice was not embedded again at its turn. */
type SkipReason = FailureCode | 'embedded_meanwhile';

type TurnOutcome =
  | { readonly kind: 'lost' }
  | { readonly kind: 'postponed' }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'started'; readonly partnerId: string };

/** A request to embed the voice would be refused for these reasons, too. Nothing is written before. */
const refusals = ['no_samples', 'too_much_to_embed', 'quota_exceeded', 'no_consent'] as const;

/** Failures of Postgres, which pass. The voice keeps its turn. */
const outages = ['unavailable', 'insufficient_storage'] as const;

/** Turns that one run of the task takes, at most. Skipped voices take no time. */
const turnsAtATime = 1_000;

/**
 * Does the work of recomputes, a little at each call. All it knows is in Postgres, so that any number of workers may do it
 * at the same time, and another one goes on when a worker dies.
 */
@Injectable()
export class RecomputeTurns {
  constructor(
    private readonly database: Database,
    private readonly embeddings: EmbeddingsService,
    private readonly dispatcher: Dispatcher,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Pick<Config, 'recomputeAtATime' | 'runpodEndpoints'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Counts voices whose jobs have ended, and starts jobs of the next voices until RECOMPUTE_AT_A_TIME are at work. */
  async work(): Promise<void> {
    if (!(await hasWork(this.database))) return;
    const ended = await countEnded(this.database);
    for (const outcome of ['done', 'failed', 'skipped'] as const) this.count(outcome, ended[outcome]);
    const ttsTypes = [...this.config.runpodEndpoints.keys()];
    for (let taken = 0; taken < turnsAtATime; taken++) {
      const turn = await findTurn(this.database, ttsTypes, this.config.recomputeAtATime);
      if (turn === null) break;
      await this.take(turn);
    }
    for (const finished of await finishRecomputes(this.database)) this.logger.info(finished, 'recompute finished');
  }

  private async take(turn: Turn): Promise<void> {
    const outcome = await this.database
      .transaction((tx) => this.takeIn(tx, turn))
      .catch((error: unknown) => this.skipBroken(turn, error));
    const { recomputeId: recompute, voiceId: voice } = turn;
    if (outcome.kind === 'skipped') {
      this.count('skipped', 1);
      this.logger.info({ recompute, voice, reason: outcome.reason }, 'recompute skipped voice');
    }
    if (outcome.kind === 'started') this.dispatcher.dispatchSoon(outcome.partnerId);
  }

  /**
   * Starts the voice's job, or postpones or skips the voice, unless another worker was faster. Job and turn are
   * committed together.
   */
  private async takeIn(tx: Transaction, turn: Turn): Promise<TurnOutcome> {
    const voice = await lockVoice(tx, turn.voiceId);
    await lockTurns(tx, turn.recomputeId);
    if (!(await isTurn(tx, turn, this.config.recomputeAtATime))) return { kind: 'lost' };
    const skip = async (reason: SkipReason): Promise<TurnOutcome> => {
      await skipVoice(tx, turn);
      return { kind: 'skipped', reason };
    };
    if (voice === null) return skip('voice_not_found');
    if (isLocked(voice)) {
      await postponeVoice(tx, turn);
      return { kind: 'postponed' };
    }
    if (!(await isSameRun(tx, turn))) return skip('embedded_meanwhile');
    try {
      const { ttsType, recomputeId: recompute } = turn;
      await recordJob(tx, turn, await this.embeddings.embedAgain(tx, voice, ttsType, { recompute }));
      return { kind: 'started', partnerId: voice.partnerId };
    } catch (error) {
      const reason = refusals.find((code) => isAppError(error, code));
      if (reason === undefined) throw error;
      return skip(reason);
    }
  }

  /**
   * Skips a voice whose turn has failed with a defect. Its transaction was rolled back, and would fail the same way for
   * ever, before the turns of all other voices.
   *
   * @throws error if Postgres is in trouble
   */
  private async skipBroken(turn: Turn, error: unknown): Promise<TurnOutcome> {
    if (outages.some((code) => isAppError(error, code))) throw error;
    const { recomputeId: recompute, voiceId: voice } = turn;
    this.logger.error({ recompute, voice, err: error }, 'recompute turn failed');
    return this.database.transaction(async (tx) => {
      await lockTurns(tx, recompute);
      if (!(await isTurn(tx, turn, this.config.recomputeAtATime))) return { kind: 'lost' };
      await skipVoice(tx, turn);
      return { kind: 'skipped', reason: 'internal' };
    });
  }

  private count(outcome: 'done' | 'failed' | 'skipped', voices: number): void {
    if (voices > 0) this.metrics.count('recomputedVoices', { outcome }, voices);
  }
}
