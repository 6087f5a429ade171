import { Inject, Injectable } from '@nestjs/common';
import { getQueueToken } from '@nestjs/bull';
import type { Queue } from 'bull';
import { queueNames, type QueueName } from './queue-options.js';
import { serversOf, type RedisConnection } from './redis-connection.js';
import { withinOrNull } from '#libs/service';

/** All that a queue carries: which row. */
export interface JobPayload {
  readonly id: string;
}

/** A message on a queue that makes a worker look at a job. */
export interface Delivery {
  readonly jobId: string;
  readonly generation: number;
  /** Makes Bull's job id unique: `add()` with an existing id silently does nothing. */
  readonly number: number;
  readonly delayMs?: number;
  readonly priority?: number;
}

/** Which delivery is meant. */
type DeliveryRef = Pick<Delivery, 'jobId' | 'generation' | 'number'>;

/** How many deliveries a queue holds. Ended ones are removed, so `failed` is above 0 only for a moment. */
export interface DeliveryCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** Timeout of a call to Redis. With Redis down, Bull's calls never settle. */
const redisTimeoutMs = 2_000;

const bullId = (delivery: DeliveryRef): string => `${delivery.jobId}-${delivery.generation}-${delivery.number}`;

/** The number of a delivery, read from Bull's job id. */
export const deliveryNumber = (id: string | number): number => Number(String(id).split('-').at(-1));

/** Sends deliveries. Never throws and never hangs: what cannot be sent stays in Postgres and is dispatched later. */
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
    // Bull emits connection failures as 'error'. Without a listener they would end the process.
    for (const queue of Object.values(this.byName)) queue.on('error', () => undefined);
  }

  get(name: QueueName): Queue<JobPayload> {
    return this.byName[name];
  }

  /** The number of deliveries by queue and state; null when Redis does not answer. */
  async counts(): Promise<ReadonlyMap<QueueName, DeliveryCounts> | null> {
    if (!this.ready()) return null;
    const counts = queueNames.map(async (name) => [name, await this.byName[name].getJobCounts()] as const);
    const answered = await withinOrNull(redisTimeoutMs, Promise.all(counts));
    return answered && new Map(answered);
  }

  /** Whether this process is connected to Redis. */
  ready(): boolean {
    return Object.values(this.byName).every((queue) => queue.client.status === 'ready');
  }

  /** Calls the listener for each failed connection attempt and each connection error. */
  onTrouble(listener: (error: Error) => void): void {
    for (const queue of Object.values(this.byName)) queue.on('error', listener);
  }

  /**
   * What each Redis server does when its memory is full, once it is connected. Any policy but `noeviction` may drop
   * deliveries, which are then sent again from Postgres, later. Reads INFO, because managed servers refuse CONFIG.
   * Servers that do not answer are left out.
   */
  async evictionPolicies(): Promise<readonly string[]> {
    const client: RedisConnection = this.byName.splitting.client;
    if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
    const reports = await Promise.all(serversOf(client).map((server) => server.info('memory').catch(() => '')));
    return reports.flatMap((text) => /^maxmemory_policy:(\S+)/m.exec(text)?.[1] ?? []);
  }

  /** Puts a delivery on a queue. @returns false when Redis did not take it in time */
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
    return (await withinOrNull(redisTimeoutMs, added)) !== null;
  }

  /**
   * Whether Redis still holds a delivery; null when it does not answer.
   *
   * Looks for the delivery's data. If Redis is wiped while a delivery is at work, Bull's note of the failure creates the
   * same key again, in no list and never delivered.
   */
  async holds(name: QueueName, delivery: DeliveryRef): Promise<boolean | null> {
    if (!this.ready()) return null;
    const queue = this.byName[name];
    const held = await withinOrNull(redisTimeoutMs, queue.client.hexists(queue.toKey(bullId(delivery)), 'data'));
    return held === null ? null : held === 1;
  }
}
