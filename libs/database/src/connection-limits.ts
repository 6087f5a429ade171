import { Socket } from 'node:net';
import pg from 'pg';

/** The limit of a statement, and of a pause between two statements of a transaction. Postgres enforces it. */
const statementMs = 12_000;

/** Longer than any statement may take, so that silence means a dead connection. */
const silenceMs = 15_000;

/** Idle time until the system sends the first keep-alive probe (tcp(7), TCP_KEEPIDLE). */
const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * A connection whose loss never ends the process.
 *
 * Between the pool and TypeORM a connection has no 'error' listener for a moment, and an unhandled 'error' event is thrown.
 * This happens when Postgres' greeting and its "terminating connection" arrive in one packet. The next query on the
 * connection fails anyway.
 */
class SteadyClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** Options of a node-postgres connection. */
export type ConnectionLimits = Readonly<Record<string, unknown>>;

export interface ServingOptions {
  /** A connection pooler is in front of Postgres. */
  readonly isPooled?: boolean;
  /** Age at which a connection is replaced. Default: never. */
  readonly connectionSeconds?: number;
}

/**
 * Limits for the connections of requests and jobs. A statement ends within 12 s. A half-open connection is closed 15 s after
 * its last byte. Both become `unavailable`.
 *
 * A pooler rejects Postgres' limits as start-up parameters: see {@link limitTransaction}.
 *
 * The second limit is that of the socket. node-postgres' `query_timeout` would return the connection to the pool while the
 * statement still runs on it.
 */
export const servingLimits = ({ isPooled = false, connectionSeconds = 0 }: ServingOptions): ConnectionLimits => ({
  ...(!isPooled && { statement_timeout: statementMs, idle_in_transaction_session_timeout: statementMs }),
  ...keepAlive,
  maxLifetimeSeconds: connectionSeconds,
  Client: SteadyClient,
  stream: () => {
    const socket = new Socket();
    return socket.setTimeout(silenceMs, () => socket.destroy(new SilentConnection()));
  },
});

/** Sets the limits in the first statement of a transaction, for poolers that reject start-up parameters. */
export const limitTransaction = ['statement_timeout', 'idle_in_transaction_session_timeout']
  .map((name) => `set_config('${name}', '${statementMs}', true)`)
  .join(', ');

/** Limits for migrations, which take as long as they need, whatever the role's own limit is, and wait for each other. */
export const migratingLimits: ConnectionLimits = { statement_timeout: '0', ...keepAlive, Client: SteadyClient };

class SilentConnection extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`no data from Postgres for ${silenceMs / 1000} s`);
  }
}
