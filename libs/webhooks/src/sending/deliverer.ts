import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Database, DatabaseClock } from '#libs/database';
import { LOGGER, type Logger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { withinOrNull } from '#libs/service';
import { signedHeaders } from '../webhook-secret.js';
import { claimDeliveries, type ClaimedDelivery } from './claim-deliveries.js';
import { handBack, outcomeOf, recordOutcome } from './record-outcome.js';
import { WebhookSender } from './webhook-sender.js';

/** Attempts at a time in one worker. They wait for the network only. */
const concurrency = 64;

/** Attempts at a time for one partner in one worker, so that endpoints that hang do not stop those of others. */
const perPartner = 8;

/** An attempt takes up to 10 s. The rest is for a busy machine. */
const leaseSeconds = 30;

/**
 * Attempts the deliveries that are due.
 *
 * May send a message twice: if the process dies after the answer of the endpoint, and before it is recorded. Receivers
 * recognise it by its `webhook-id`.
 */
@Injectable()
export class Deliverer implements BeforeApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly busy = new Map<string, number>();
  private readonly stopping = new AbortController();
  private isStopped = false;
  private isClaiming = false;
  private claiming: Promise<void> = Promise.resolve();
  private claimsAgain = false;

  constructor(
    private readonly sender: WebhookSender,
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Pick<Config, 'shutdownGraceSeconds'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Starts as many attempts as may run. Waits until they are claimed, not for their ends. Each one that ends starts the next. */
  async deliverDue(): Promise<void> {
    this.claimsAgain = true;
    if (!this.isClaiming) this.claiming = this.claimAll();
    return this.claiming;
  }

  /** Waits until no attempt is under way. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** Starts no more attempts. Those that outlast the grace period are handed back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    await withinOrNull(this.config.shutdownGraceSeconds * 1000, this.settled());
    this.stopping.abort();
    await this.settled();
  }

  private async claimAll(): Promise<void> {
    this.isClaiming = true;
    try {
      while (this.claimsAgain) {
        this.claimsAgain = false;
        const limit = concurrency - this.running.size;
        if (this.isStopped || limit <= 0) return;
        const claimed = await claimDeliveries(this.database, { busy: this.busy, perPartner, limit, leaseSeconds });
        for (const delivery of claimed) this.start(delivery);
      }
    } finally {
      this.isClaiming = false;
    }
  }

  private start(delivery: ClaimedDelivery): void {
    const { partnerId } = delivery;
    this.busy.set(partnerId, (this.busy.get(partnerId) ?? 0) + 1);
    const work = this.attempt(delivery)
      .catch((error: unknown) =>
        this.logger.warn({ err: error, delivery: delivery.id }, 'webhook attempt not recorded'),
      )
      .finally(() => {
        this.running.delete(work);
        const left = (this.busy.get(partnerId) ?? 1) - 1;
        if (left === 0) this.busy.delete(partnerId);
        else this.busy.set(partnerId, left);
        this.continue();
      });
    this.running.add(work);
  }

  /** Fills the place of an attempt that has ended. If Postgres cannot be reached, the next scheduled run does. */
  private continue(): void {
    if (this.isStopped) return;
    this.deliverDue().catch((error: unknown) => this.logger.debug({ err: error }, 'no webhook deliveries claimed'));
  }

  private async attempt(delivery: ClaimedDelivery): Promise<void> {
    const { url, payload } = delivery;
    const headers = signedHeaders(delivery, this.clock.now());
    const attempt = await this.sender.send({ url, payload, headers }, this.stopping.signal).catch(() => null);
    if (attempt === null) return handBack(this.database, delivery);
    this.metrics.count('webhookAttempts', { outcome: outcomeOf(attempt) });
    const reason = await recordOutcome(this.database, delivery, attempt);
    if (reason === null) return;
    this.metrics.count('webhooksDisabled', {});
    this.logger.warn({ webhook: delivery.webhookId, partner: delivery.partnerId, reason }, 'webhook disabled');
  }
}
