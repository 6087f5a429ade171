import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { CONFIG, type Config } from '#libs/config';
import { Database } from './database.js';

const heartbeatMs = 2_000;
const reconnectMs = 1_000;

/** What a part of the process does with the notifications of a channel. */
export interface ChannelListener {
  onMessage(payload: string): void;
  /** Notifications arrive from now on. Earlier ones may have been missed. */
  onHearing?(): void;
  /** Notifications may be missing from now on. */
  onDeaf?(): void;
  /** Called with the reason for a failure, and again only after a recovery. */
  onTrouble?(reason: unknown): void;
}

/** The direct URL: a transaction pooler delivers no notifications. */
export type NotificationsConfig = Pick<Config, 'databaseDirectUrl' | 'databaseConnectionSeconds'>;

/**
 * The one connection of a process that listens for notifications, on all its channels. A process without listeners opens
 * none. A notification only wakes: what has happened is read from Postgres, also while `hearing` is false.
 *
 * The connection proves that notifications arrive:
 *
 * - On start it sends itself one over another connection of the process. A transaction pooler would deliver what a client
 *   sends to itself, but nothing that others send while it is idle. And the two URLs may lead to two servers.
 * - Every 2 s it sends itself one, so that a half-open connection or a server that became a standby is detected within 4 s.
 */
@Injectable()
export class Notifications implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ownChannel = `timbre_heard_${randomUUID().replaceAll('-', '')}`;
  private readonly listeners = new Map<string, ChannelListener[]>();
  private readonly awaited = new Map<string, () => void>();
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;
  private isHearing = false;
  private isTroubleReported = false;

  constructor(
    @Inject(Database) private readonly database: Pick<Database, 'query'>,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  /** Whether every notification arrives. */
  get hearing(): boolean {
    return this.isHearing;
  }

  /** Adds a listener. Call this before the application has started. */
  listen(channel: string, listener: ChannelListener): void {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }

  /** Connects, and reconnects for as long as the process lives. */
  onApplicationBootstrap(): void {
    if (this.listeners.size > 0) void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.databaseDirectUrl,
      application_name: 'timbre-notifications',
      connectionTimeoutMillis: heartbeatMs,
      query_timeout: heartbeatMs,
    });
    this.client = client;
    client.on('error', (error) => this.drop(client, error));
    client.on('end', () => this.drop(client, new Error('the connection ended')));
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === this.ownChannel) this.awaited.get(payload)?.();
      else for (const listener of this.listeners.get(channel) ?? []) listener.onMessage(payload);
    });
    try {
      await client.connect();
      await client.query([this.ownChannel, ...this.listeners.keys()].map((channel) => `LISTEN ${channel}`).join('; '));
      await this.hear((payload) => this.database.query('SELECT pg_notify($1, $2)', [this.ownChannel, payload]));
      if (this.client !== client || this.isStopped) return;
      this.isHearing = true;
      this.isTroubleReported = false;
      this.tell((listener) => listener.onHearing?.());
      this.beatLater(client, performance.now());
    } catch (error) {
      this.drop(client, error);
    }
  }

  private beatLater(client: pg.Client, connectedAt: number): void {
    this.timer = setTimeout(() => {
      if (performance.now() - connectedAt > this.config.databaseConnectionSeconds * 1000) {
        this.drop(client, null);
        return;
      }
      this.hear((payload) => notifyItself(client, this.ownChannel, payload)).then(
        () => this.client === client && !this.isStopped && this.beatLater(client, connectedAt),
        (error: unknown) => this.drop(client, error),
      );
    }, heartbeatMs);
  }

  /** Sends a notification to this connection and waits until it receives it. */
  private async hear(notify: (payload: string) => Promise<unknown>): Promise<void> {
    const payload = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    const heard = new Promise<void>((resolve, reject) => {
      this.awaited.set(payload, resolve);
      timer = setTimeout(() => reject(new NotificationLost()), heartbeatMs).unref();
    });
    try {
      await Promise.all([notify(payload), heard]);
    } finally {
      clearTimeout(timer);
      this.awaited.delete(payload);
    }
  }

  /** @param reason null if the connection is only old */
  private drop(client: pg.Client, reason: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    this.isHearing = false;
    if (this.timer) clearTimeout(this.timer);
    this.tell((listener) => listener.onDeaf?.());
    client.end().catch(() => undefined);
    if (this.isStopped) return;
    if (reason !== null && !this.isTroubleReported) this.tell((listener) => listener.onTrouble?.(reason));
    this.isTroubleReported ||= reason !== null;
    this.timer = setTimeout(() => void this.connect(), reason === null ? 0 : reconnectMs);
  }

  private tell(each: (listener: ChannelListener) => void): void {
    for (const listener of [...this.listeners.values()].flat()) each(listener);
  }
}

/** Fails on a read-only server: it was replaced by another one, on which changes are made. */
async function notifyItself(client: pg.Client, channel: string, payload: string): Promise<void> {
  const { rows } = await client.query<{ readonly readOnly: string }>(
    `SELECT pg_notify($1, $2), current_setting('transaction_read_only') AS "readOnly"`,
    [channel, payload],
  );
  if (rows[0]?.readOnly !== 'off') throw new Error('the server is read-only');
}

class NotificationLost extends Error {
  constructor() {
    super(
      'a NOTIFY was not received: does the URL name a transaction pooler (set DATABASE_DIRECT_URL), or another server than DATABASE_URL?',
    );
  }
}
