import { Socket } from 'node:net';
import pg from 'pg';

/** How long a statement may take, and a transaction may pause between two of them: then Postgres ends it. */
const statementMs = 12_000;

/** Longer than Postgres may need to answer, so that silence means a dead link. */
const silenceMs = 15_000;

/** When the system begins to ask whether the other end still lives (tcp(7), TCP_KEEPIDLE). */
const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * A connection whose loss never ends the process. Between the pool, which hands it out, and TypeORM, which takes it,
 * nobody listens for a moment, and an 'error' that nobody hears is thrown: when Postgres' greeting and its "terminating
 * connection" come in one packet. Whoever asks the connection next is told anyway.
 */
class SteadyClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** What node-postgres is told about a connection. */
export type ConnectionLimits = Readonly<Record<string, unknown>>;

/**
 * Limits for connections that requests and jobs wait for: a statement ends within 12 s, a link that is dead in silence
 * (half-open) is closed within 15 s of its last byte. Both are told as `unavailable`.
 *
 * The link's limit is the socket's, not node-postgres' `query_timeout`: that one hands the connection, with the
 * statement still on it, back to the pool.
 */
export const servingLimits: ConnectionLimits = {
  statement_timeout: statementMs,
  idle_in_transaction_session_timeout: statementMs,
  ...keepAlive,
  Client: SteadyClient,
  stream: () => {
    const socket = new Socket();
    return socket.setTimeout(silenceMs, () => socket.destroy(new SilentConnection()));
  },
};

/** For migrations: they take as long as they need, and wait for one another. */
export const migratingLimits: ConnectionLimits = { statement_timeout: 0, ...keepAlive, Client: SteadyClient };

class SilentConnection extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`Postgres said nothing for ${silenceMs / 1000} s`);
  }
}
