import type { DataSource, EntityManager } from 'typeorm';
import { AppError } from '#libs/errors';
import { asAppError } from './connection-failure.js';

/** A transaction under way; repositories write through it. */
export type Transaction = EntityManager;

/** How busy a process's connections are. */
export interface PoolUse {
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
}

/** What TypeORM's Postgres driver keeps its connections in (pg.Pool). */
interface PgPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  query(statement: Statement): Promise<{ readonly rows: unknown[] }>;
}

/** As pg takes it. */
interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
}

/** Postgres as the libs use it: transactions and plain statements, with "out of reach" told as `unavailable`. */
export class Database {
  constructor(private readonly dataSource: DataSource) {}

  /** Connects; throws `unavailable` when Postgres cannot be reached. */
  async connect(): Promise<this> {
    if (!this.dataSource.isInitialized) await this.guarded(() => this.dataSource.initialize());
    return this;
  }

  /** Runs work in one transaction: all of it is written, or nothing. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.guarded(() => this.dataSource.transaction(work));
  }

  /** Runs reads, or single writes, each in a transaction of its own. */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.guarded(() => work(this.dataSource.manager));
  }

  /** Rows of one statement; of UPDATE and DELETE those that RETURNING names. TypeORM's runner is left out. */
  query<T>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return this.rows<T>({ text, values });
  }

  /**
   * Rows of a read that requests make all the time: each connection plans it once.
   *
   * @param name of the statement, one for each text (prepared statements, postgresql.org/docs/current/sql-prepare.html)
   */
  read<T>(name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    return this.rows<T>({ name, text, values });
  }

  /** The connections of this process, and how many pieces of work wait for one; none once it is closed. */
  connections(): PoolUse {
    const pool = this.pool;
    if (pool === undefined) return { inUse: 0, idle: 0, waiting: 0 };
    return { inUse: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount };
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** None before `connect` and after `close`. */
  private get pool(): PgPool | undefined {
    return (this.dataSource.driver as unknown as { readonly master?: PgPool }).master;
  }

  private async rows<T>(statement: Statement): Promise<T[]> {
    const { pool } = this;
    if (pool === undefined) throw AppError.of('unavailable', { retryAfterSeconds: 5 });
    const { rows } = await this.guarded(() => pool.query(statement));
    return rows as T[];
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asAppError(error);
    }
  }
}

/** Rows of one statement inside a transaction; TypeORM answers UPDATE and DELETE as `[rows, count]`. */
export async function rowsOf<T>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  const answer: unknown = await manager.query(sql, [...parameters]);
  const isPair =
    Array.isArray(answer) && answer.length === 2 && Array.isArray(answer[0]) && typeof answer[1] === 'number';
  return (isPair ? answer[0] : answer) as T[];
}
