import pg from 'pg';
import { revokedChannel } from './api-keys.repository.js';

const heartbeatMs = 2_000;
const reconnectMs = 1_000;

export interface RevocationListenerOptions {
  readonly databaseUrl: string;
  /** A key was revoked. */
  readonly onRevoked: (keyId: string) => void;
  /** The connection is gone: nothing that was cached can be trusted any more. */
  readonly onDeaf: () => void;
}

/**
 * A process's own LISTEN connection for revoked keys, with a heartbeat: a half-open connection is noticed within 4 s.
 *
 * While `hearing` is false every check has to read Postgres.
 */
export class RevocationListener {
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private hears = false;

  constructor(private readonly options: RevocationListenerOptions) {}

  get hearing(): boolean {
    return this.hears;
  }

  /** Begins to listen, and goes on trying for as long as the process lives. */
  start(): void {
    void this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.databaseUrl,
      application_name: 'timbre-revocations',
      connectionTimeoutMillis: heartbeatMs,
      query_timeout: heartbeatMs,
    });
    this.client = client;
    client.on('error', () => this.drop(client));
    client.on('end', () => this.drop(client));
    client.on('notification', (note) => this.options.onRevoked(note.payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${revokedChannel}`);
      if (this.client !== client) return;
      this.hears = true;
      this.beatLater(client);
    } catch {
      this.drop(client);
    }
  }

  private beatLater(client: pg.Client): void {
    this.timer = setTimeout(() => {
      client.query('SELECT 1').then(
        () => this.client === client && !this.stopped && this.beatLater(client),
        () => this.drop(client),
      );
    }, heartbeatMs);
  }

  private drop(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = null;
    this.hears = false;
    if (this.timer) clearTimeout(this.timer);
    this.options.onDeaf();
    client.end().catch(() => undefined);
    if (!this.stopped) this.timer = setTimeout(() => void this.connect(), reconnectMs);
  }
}
