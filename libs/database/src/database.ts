import type { OnApplicationShutdown } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { AppError } from '#libs/errors';
import { asAppError, isStatementOfAnother, mayHaveFailedOver } from './connection-failure.js';
import { limitTransaction } from './connection-limits.js';
import { OpenChange, openChangeOf, type ChangeSubject } from './open-change.js';
import type { RenewablePool } from './renewable-pool.js';
import { requireWritable } from './require-writable.js';

/** A running transaction. Repositories write through it. */
export type Transaction = EntityManager;

/** The use of a process's connection pool. */
export interface PoolUse {
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
}

/** A query config of node-postgres. */
interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
}

export interface DatabaseOptions {
  /** A connection pooler is in front of Postgres: two statements may run on two connections. */
  readonly isPooled?: boolean;
}

/** Access to Postgres: transactions and plain statements. Throws `unavailable` while Postgres cannot serve. */
export class Database implements OnApplicationShutdown {
  private prepares: boolean;

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: DatabaseOptions = {},
  ) {
    this.prepares = options.isPooled !== true;
  }

  /** Connects. @throws AppError `unavailable` while Postgres is unreachable */
  async connect(): Promise<this> {
    if (!this.dataSource.isInitialized) await this.guarded(() => this.dataSource.initialize());
    return this;
  }

  /** Runs work in one transaction. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const change = openChangeOf(this);
    return change ? this.guarded(() => change.transaction(work)) : this.transact(work);
  }

  /**
   * Runs the work of a request and stores its answer in the transaction of its change: both are committed, or neither.
   *
   * @param store stores the answer; `subject` is null if nothing was changed
   */
  answering<T>(
    work: () => Promise<T>,
    store: (tx: Transaction, result: T, subject: ChangeSubject | null) => Promise<void>,
  ): Promise<T> {
    return new OpenChange(this, (inTransaction) => this.transact(inTransaction)).run(work, (tx, result, subject) =>
      this.guarded(() => store(tx, result, subject)),
    );
  }

  /** Runs what must follow the commit of the current request's change: at once, unless its answer is still to be stored. */
  afterCommit(act: () => void): void {
    const change = openChangeOf(this);
    if (change) change.afterwards(act);
    else act();
  }

  /** Runs reads or single writes, each in its own transaction. */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.guarded(() => work(openChangeOf(this)?.tx ?? this.dataSource.manager));
  }

  /** Runs one statement without TypeORM. @returns its rows; for UPDATE and DELETE those of RETURNING */
  query<T>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return this.rows<T>({ text, values });
  }

  /**
   * Runs a frequent read as a prepared statement, which each connection plans once
   * (postgresql.org/docs/current/sql-prepare.html).
   *
   * Behind a pooler nothing is prepared, since the next statement may run on another connection. A pooler that is not
   * configured is detected by Postgres' error, and the read is repeated.
   *
   * @param name of the statement, a different one for each text
   */
  async read<T>(name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    if (!this.prepares) return this.rows<T>({ text, values });
    try {
      return await this.rows<T>({ name, text, values });
    } catch (error) {
      if (!isStatementOfAnother(error)) throw error;
      this.prepares = false;
      return this.rows<T>({ text, values });
    }
  }

  /** @throws AppError `unavailable` while Postgres is unreachable or read-only, as a standby is */
  async requireWritable(): Promise<void> {
    await this.guarded(() => requireWritable((sql) => this.query(sql)));
  }

  /** Returns the connections of this process, and how many operations wait for one. All are 0 after `close`. */
  connections(): PoolUse {
    const pool = this.pool;
    if (pool === undefined) return { inUse: 0, idle: 0, waiting: 0 };
    return { inUse: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount };
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** Undefined before `connect` and after `close`. */
  private get pool(): RenewablePool | undefined {
    return (this.dataSource.driver as unknown as { readonly master?: RenewablePool }).master;
  }

  private transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const limited = async (tx: Transaction): Promise<T> => {
      await tx.query(`SELECT ${limitTransaction}`);
      return work(tx);
    };
    return this.guarded(() => this.dataSource.transaction(this.options.isPooled ? limited : work));
  }

  private async rows<T>(statement: Statement): Promise<T[]> {
    const tx = openChangeOf(this)?.tx;
    if (tx) return this.guarded(() => rowsOf<T>(tx, statement.text, statement.values));
    const { pool } = this;
    if (pool === undefined) {
      throw AppError.of('unavailable', { retryAfterSeconds: 5, causeCode: 'postgres_unreachable' });
    }
    const { rows } = await this.guarded(() => pool.query({ ...statement, values: [...statement.values] }));
    return rows as T[];
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = asAppError(error);
      if (mayHaveFailedOver(failure)) this.pool?.renew();
      throw failure;
    }
  }
}

/** Runs one statement in a transaction and returns its rows. TypeORM returns `[rows, count]` for UPDATE and DELETE. */
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
