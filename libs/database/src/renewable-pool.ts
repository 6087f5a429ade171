import pg from 'pg';

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/**
 * A pool that can replace all its connections without interrupting statements.
 *
 * After a failover, connections may still lead to the old primary. node-postgres drops a connection that breaks, but a
 * connection to a server that became read-only does not break.
 */
export class RenewablePool extends pg.Pool {
  private generation = 0;
  private readonly generations = new WeakMap<pg.PoolClient, number>();

  constructor(config?: pg.PoolConfig) {
    super(config);
    this.on('connect', (client) => this.generations.set(client, this.generation));
  }

  /** Stops handing out the connections that exist now. Statements that run on them finish. */
  renew(): void {
    this.generation += 1;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(connected: Connected): void;
  override connect(connected?: Connected): Promise<pg.PoolClient> | undefined {
    if (connected !== undefined) {
      this.take(connected);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.take((error, client) => (client === undefined ? reject(error ?? new Error('no client')) : resolve(client)));
    });
  }

  private take(connected: Connected): void {
    super.connect((error, client, done) => {
      if (client === undefined || this.generations.get(client) === this.generation) {
        connected(error, client, done);
        return;
      }
      client.release(true);
      this.take(connected);
    });
  }
}
