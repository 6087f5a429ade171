import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

/** What a change is about. */
export interface ChangeSubject {
  /** null if it is about no single partner. */
  readonly partnerId: string | null;
  /** null if it is about no single voice. */
  readonly voiceId: string | null;
}

/** Runs work in a transaction of its own. */
export type Transact = <T>(work: (tx: EntityManager) => Promise<T>) => Promise<T>;

/** A transaction that waits for the answer. */
interface Waiting {
  readonly tx: EntityManager;
  readonly subject: ChangeSubject;
  /** Ends the wait. With an error, the transaction is rolled back. */
  readonly goOn: (error?: Error) => void;
  /** Settles when the transaction is committed or rolled back. */
  readonly ended: Promise<unknown>;
}

const current = new AsyncLocalStorage<OpenChange>();

/**
 * The change of a request that is committed together with its answer. Its transaction stays open until the answer is
 * stored. Until then all statements of the request run in this transaction, so that they see the change.
 *
 * Only a transaction with a noted change stays open ({@link noteChange}). All others are committed as usual.
 *
 * Passed through AsyncLocalStorage, so that no rule of the domain depends on whether its answer is kept.
 */
export class OpenChange {
  private waiting: Waiting | null = null;
  private isOver = false;
  private readonly noted = new WeakMap<EntityManager, ChangeSubject>();
  private readonly afterCommit: (() => void)[] = [];

  /** @param owner the database of the change; statements to another one are not part of it */
  constructor(
    private readonly owner: object,
    private readonly transact: Transact,
  ) {}

  /**
   * Runs a request's work, then stores its answer: in the transaction of its change, or in one of its own if it changed
   * nothing. If either fails, the change is rolled back.
   */
  async run<T>(
    work: () => Promise<T>,
    store: (tx: EntityManager, result: T, subject: ChangeSubject | null) => Promise<void>,
  ): Promise<T> {
    try {
      const result = await current.run(this, work);
      const { waiting } = this;
      if (waiting === null) await this.transact((tx) => store(tx, result, null));
      else await store(waiting.tx, result, waiting.subject);
      this.isOver = true;
      waiting?.goOn();
      await waiting?.ended;
      for (const act of this.afterCommit) act();
      return result;
    } catch (error) {
      this.isOver = true;
      this.waiting?.goOn(error instanceof Error ? error : new Error(String(error)));
      await this.waiting?.ended.catch(() => undefined);
      throw error;
    }
  }

  /** The transaction that statements of the request must run in. */
  get tx(): EntityManager | null {
    return this.isOver ? null : (this.waiting?.tx ?? null);
  }

  /** Runs a transaction of the request. Resolves when its work is done, which may be before it is committed. */
  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    if (this.isOver) return this.transact(work);
    if (this.waiting) return this.waiting.tx.transaction(work); // a savepoint
    return new Promise<T>((resolve, reject) => {
      const ended: Promise<T> = this.transact(async (tx) => {
        const result = await work(tx);
        const subject = this.noted.get(tx);
        if (subject === undefined || this.isOver || this.waiting) return result;
        await new Promise<void>((commit, rollBack) => {
          const goOn = (error?: Error): void => (error ? rollBack(error) : commit());
          this.waiting = { tx, subject, goOn, ended };
          resolve(result);
        });
        return result;
      });
      ended.then(resolve, reject);
    });
  }

  isOf(owner: object): boolean {
    return this.owner === owner;
  }

  note(tx: EntityManager, subject: ChangeSubject): void {
    this.noted.set(tx, subject);
  }

  /** Runs after the commit, and not at all after a rollback. */
  afterwards(act: () => void): void {
    if (this.tx) this.afterCommit.push(act);
    else act();
  }
}

/** Returns the open change of the request that is being served, if its answer will be kept. */
export function openChangeOf(owner: object): OpenChange | undefined {
  const change = current.getStore();
  return change?.isOf(owner) ? change : undefined;
}

/** Notes that a transaction changes something. The change is then committed together with the answer to its request. */
export function noteChange(tx: EntityManager, subject: ChangeSubject): void {
  current.getStore()?.note(tx, subject);
}
