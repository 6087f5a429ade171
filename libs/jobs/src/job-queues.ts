import { Inject, Injectable } from '@nestjs/common';
import { getQueueToken } from '@nestjs/bull';
import type { Queue, QueueOptions, RateLimiter } from 'bull';
import { serversOf, type RedisConnection } from './redis-connection.js';

/** One Bull queue per step: named handlers on one queue would raise each other's concurrency. */
export const queueNames = ['splitting', 'embedding-submit', 'embedding-poll', 'embedding-hint'] as const;
export type QueueName = (typeof queueNames)[number];

/** All a queue ever carries: which row. */
export interface JobPayload {
  readonly id: string;
}

/** What is put on a queue. */
export interface Delivery {
  readonly jobId: string;
  readonly generation: number;
  /** Makes Bull's job id new: `add()` with an id that still exists is a silent no-op. */
  readonly number: number;
  readonly delayMs?: number;
  readonly priority?: number;
}

/** What a queue holds. Deliveries that have ended are removed; `failed` is more than 0 only for a moment. */
export interface DeliveryCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/**
 * Bull's options for every queue.
 *
 * Lock 10 s and stalled check 5 s: a killed worker's delivery comes again within 15 s (Bull's defaults need 59 s). The
 * row counts deaths, so Bull never gives up. The prefix in braces keeps a queue in one slot of a Redis Cluster.
 *
 * A link that is dead in silence (half-open) is given up 12 s after a command that brought no answer: Redis answers
 * even Bull's longest wait, BRPOPLPUSH, every 5 s. A lost connection is tried again every 2 s at the latest (Bull's
 * default grows to 20 s). Commands wait for as long as that takes: what Bull asks once, at its start, must not fail.
 */
export const queueOptions = {
  prefix: '{timbre}',
  redis: {
    socketTimeout: 12_000,
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    retryStrategy: (tries: number) => Math.min(tries * 200, 2_000),
  },
  settings: { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 },
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
} as const satisfies QueueOptions;

/**
 * Polls a second over all workers: 100 together, half of what RunPod allows one endpoint. Bull counts them in Redis.
 *
 * Bull sends what is over a limit behind everything that waits there already, whatever its priority. So polls that a
 * webhook asks for have a queue and a share of their own: with ten thousand jobs in flight they would wait for minutes
 * behind polls that find nothing.
 */
export const pollLimits = {
  'embedding-poll': { max: 75, duration: 1_000 },
  'embedding-hint': { max: 25, duration: 1_000 },
} as const satisfies Partial<Record<QueueName, RateLimiter>>;

/** What a module has to know of a queue to send to it and take from it. */
export function queueSettings(name: QueueName): { readonly name: QueueName; readonly limiter?: RateLimiter } {
  const limits: Partial<Record<QueueName, RateLimiter>> = pollLimits;
  const limiter = limits[name];
  return { name, ...(limiter && { limiter }) };
}

/** How long an answer of Redis is waited for: with Redis down, Bull's calls never settle. */
const redisPatienceMs = 2_000;

async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([work.catch(() => null), patience]).finally(() => clearTimeout(timer));
}

const bullId = (delivery: Pick<Delivery, 'jobId' | 'generation' | 'number'>): string =>
  `${delivery.jobId}-${delivery.generation}-${delivery.number}`;

/** The number of a delivery, out of Bull's job id. */
export const deliveryNumber = (id: string | number): number => Number(String(id).split('-').at(-1));

/** The queues, for whoever sends. Never throws and never hangs: what cannot be sent stays in Postgres. */
@Injectable()
export class JobQueues {
  private readonly byName: Readonly<Record<QueueName, Queue<JobPayload>>>;

  constructor(
    @Inject(getQueueToken('splitting')) splitting: Queue<JobPayload>,
    @Inject(getQueueToken('embedding-submit')) submit: Queue<JobPayload>,
    @Inject(getQueueToken('embedding-poll')) poll: Queue<JobPayload>,
    @Inject(getQueueToken('embedding-hint')) hint: Queue<JobPayload>,
  ) {
    this.byName = { splitting, 'embedding-submit': submit, 'embedding-poll': poll, 'embedding-hint': hint };
    // Bull emits connection troubles as 'error'; unheard they would end the process.
    for (const queue of Object.values(this.byName)) queue.on('error', () => undefined);
  }

  get(name: QueueName): Queue<JobPayload> {
    return this.byName[name];
  }

  /** How many deliveries Redis holds, by queue and state; null when it does not say. */
  async counts(): Promise<ReadonlyMap<QueueName, DeliveryCounts> | null> {
    if (!this.ready()) return null;
    const counts = queueNames.map(async (name) => [name, await this.byName[name].getJobCounts()] as const);
    const told = await within(redisPatienceMs, Promise.all(counts));
    return told && new Map(told);
  }

  /** Is Redis there, as far as this process knows? */
  ready(): boolean {
    return Object.values(this.byName).every((queue) => queue.client.status === 'ready');
  }

  /** Hears what goes wrong between this process and Redis, again and again while it does. */
  onTrouble(listener: (error: Error) => void): void {
    for (const queue of Object.values(this.byName)) queue.on('error', listener);
  }

  /**
   * What Redis does when its memory is full, once it is there; of a cluster what each node does. Anything but
   * `noeviction` may drop deliveries, which are then sent again from Postgres, later. Asked of INFO, which managed servers
   * answer where they refuse CONFIG; who does not answer is left out.
   */
  async evictionPolicies(): Promise<readonly string[]> {
    const client: RedisConnection = this.byName.splitting.client;
    if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
    const said = await Promise.all(serversOf(client).map((server) => server.info('memory').catch(() => '')));
    return said.flatMap((text) => /^maxmemory_policy:(\S+)/m.exec(text)?.[1] ?? []);
  }

  /** Puts a delivery on a queue; false when Redis did not take it in time. */
  async send(name: QueueName, delivery: Delivery): Promise<boolean> {
    if (!this.ready()) return false;
    const added = this.byName[name].add(
      { id: delivery.jobId },
      {
        jobId: bullId(delivery),
        ...(delivery.delayMs === undefined ? {} : { delay: delivery.delayMs }),
        ...(delivery.priority === undefined ? {} : { priority: delivery.priority }),
      },
    );
    return (await within(redisPatienceMs, added)) !== null;
  }

  /**
   * Does Redis still hold this delivery? null when it does not say.
   *
   * Asked for its data: where Redis was wiped under a delivery at work, Bull's note of the failure makes a hash of the
   * same key again, that is in no list and is never delivered.
   */
  async holds(name: QueueName, delivery: Pick<Delivery, 'jobId' | 'generation' | 'number'>): Promise<boolean | null> {
    if (!this.ready()) return null;
    const queue = this.byName[name];
    const held = await within(redisPatienceMs, queue.client.hexists(queue.toKey(bullId(delivery)), 'data'));
    return held === null ? null : held === 1;
  }
}
