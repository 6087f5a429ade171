import { Worker, type TransferListItem } from 'node:worker_threads';
import type { EngineAnswer, EngineThreadData, EngineWork } from './engine-work.js';

interface Waiting {
  readonly resolve: (result: EngineWork[keyof EngineWork]['gives']) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs the engine's work on a thread of its own, so that the emulator responds to HTTP meanwhile.
 *
 * The thread starts with the first task and stays. If it dies, its tasks fail, and the next task starts a new one.
 */
export class EngineThreadClient {
  private thread: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private stopped = false;

  constructor(
    private readonly entry: URL,
    private readonly data: EngineThreadData,
  ) {}

  /** @param transfer buffers to move to the thread instead of copying them */
  async do<K extends keyof EngineWork>(
    kind: K,
    takes: EngineWork[K]['takes'],
    transfer: readonly TransferListItem[] = [],
  ): Promise<EngineWork[K]['gives']> {
    if (this.stopped) throw new Error('The engine was stopped');
    const thread = (this.thread ??= this.start());
    const id = ++this.lastId;
    const result = new Promise<EngineWork[keyof EngineWork]['gives']>((resolve, reject) =>
      this.waiting.set(id, { resolve, reject }),
    );
    thread.postMessage({ id, kind, ...takes }, transfer);
    return result;
  }

  async stop(): Promise<void> {
    const { thread } = this;
    this.stopped = true;
    this.thread = null;
    await thread?.terminate();
    this.failAll(new Error('The engine was stopped'));
  }

  private start(): Worker {
    const thread = new Worker(this.entry, { workerData: this.data });
    thread.unref();
    thread.on('message', (answer: EngineAnswer) => this.settle(answer));
    thread.on('error', (error) => this.lose(thread, error));
    thread.on('exit', () => this.lose(thread, new Error('The engine thread ended')));
    return thread;
  }

  private settle(answer: EngineAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('failure' in answer) waiting?.reject(new Error(answer.failure));
    else waiting?.resolve(answer.result);
  }

  private lose(thread: Worker, error: Error): void {
    if (this.thread !== thread) return;
    this.thread = null;
    this.failAll(error);
  }

  private failAll(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
