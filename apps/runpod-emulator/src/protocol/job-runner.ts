import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BehaviourBook } from '../behaviours/behaviour-book.js';
import { ofKind } from '../behaviours/behaviour.js';
import { EMULATOR_OPTIONS, type EmulatorOptions } from '../emulator-options.js';
import { Deadlines } from './deadlines.js';
import { failureString } from './handler-failure.js';
import { HandlerCaller } from './handler-caller.js';
import { hasEnded } from './job-status.js';
import { JobStore } from './job-store.js';
import { labelsOf, moveJob, type EmulatedJob } from './job.js';
import type { JobResult } from '../worker-side/job-done.js';
import type { RunRequest } from './run-request.js';
import { WebhookSender } from './webhook-sender.js';

/** A job that a worker has taken. The signal aborts when the worker should stop. */
export interface TakenJob {
  readonly job: EmulatedJob;
  readonly request: RunRequest;
  readonly signal: AbortSignal;
}

/** A job that took so many workers with it fails, so that it does not take all of them, one after the other. */
const maxDeaths = 3;

/**
 * Moves jobs through their states: queue, workers, deadlines, cancel, retry. Runs them in this process, or lets workers
 * take them (`--engine worker`).
 */
@Injectable()
export class JobRunner implements OnApplicationShutdown {
  private queue = new Set<EmulatedJob>();
  private readonly running = new Map<EmulatedJob, AbortController>();
  private readonly deadlines = new Deadlines();
  private busyWorkers = 0;
  private waitingListener: () => void = () => undefined;

  constructor(
    @Inject(EMULATOR_OPTIONS) private readonly options: EmulatorOptions,
    private readonly store: JobStore,
    private readonly book: BehaviourBook,
    private readonly handler: HandlerCaller,
    private readonly webhooks: WebhookSender,
  ) {}

  submit(endpoint: string, request: RunRequest): EmulatedJob {
    const behaviours = this.book.takeForJob(labelsOf(request.input));
    const job = this.store.add(endpoint, request, behaviours, Date.now());
    this.deadlines.set(`ttl ${job.id}`, request.policy.ttlMs, () => this.remove(job));
    const expiry = ofKind(behaviours, 'expire');
    if (expiry?.from === 'submission') {
      this.deadlines.set(`expiry ${job.id}`, expiry.afterMs, () => this.store.forget(job));
    }
    this.queue.add(job);
    // The response to /run is sent first.
    setImmediate(() => this.startWaiting());
    return job;
  }

  /** @returns false if the job has already ended */
  cancel(job: EmulatedJob): boolean {
    return this.end(job, 'CANCELLED', null, null);
  }

  /** @returns false if a job in this state cannot be retried */
  retry(job: EmulatedJob): boolean {
    if (!hasEnded(job.status) || !moveJob(job, 'IN_QUEUE', Date.now())) return false;
    job.retries++;
    job.deaths = 0;
    this.deadlines.clear(`retention ${job.id}`);
    this.queue.add(job);
    setImmediate(() => this.startWaiting());
    return true;
  }

  /** Cancels the waiting jobs of an endpoint. @returns their number */
  purge(endpoint: string): number {
    const waiting = [...this.queue].filter((job) => job.endpoint === endpoint);
    for (const job of waiting) this.cancel(job);
    return waiting.length;
  }

  /** Starts every waiting job that is not held and for which a worker is free. */
  startWaiting(): void {
    for (const job of this.startable()) {
      const isForWorkers = needsWorker(job) && this.options.engine === 'worker';
      if (isForWorkers || (needsWorker(job) && this.busyWorkers >= this.options.workers)) continue;
      this.start(job);
    }
    this.waitingListener();
  }

  /** Calls the listener whenever there may be a job to take. */
  onWaiting(listener: () => void): void {
    this.waitingListener = listener;
  }

  /** Starts the first waiting job of an endpoint for a worker. @returns null if there is none */
  take(endpoint: string): TakenJob | null {
    if (this.options.engine !== 'worker') return null;
    for (const job of this.startable()) {
      const begun = job.endpoint === endpoint && needsWorker(job) ? this.begin(job) : null;
      if (begun === null) continue;
      job.handlerRuns++;
      return { job, ...begun };
    }
    return null;
  }

  /** Records the progress of a running job. What arrives after its end changes nothing. */
  report(job: EmulatedJob, progress: unknown): void {
    if (job.status === 'IN_PROGRESS') job.output = progress;
  }

  /** Ends a running job with the result of its worker. */
  finish(job: EmulatedJob, result: JobResult): void {
    if (result.kind === 'completed') this.end(job, 'COMPLETED', result.output, null);
    else this.end(job, 'FAILED', null, result.error);
  }

  /** Puts the job of a dead worker back, before all others. Fails it if it has lost too many workers. */
  giveBack(job: EmulatedJob): void {
    if (++job.deaths >= maxDeaths) {
      const message = `The worker stopped responding while it worked on the job, ${maxDeaths} times`;
      const error = JSON.stringify({ error_type: 'WorkerLost', error_message: message });
      return void this.end(job, 'FAILED', null, error);
    }
    if (!moveJob(job, 'IN_QUEUE', Date.now())) return;
    this.stop(job);
    this.queue = new Set([job, ...this.queue]);
    setImmediate(() => this.startWaiting());
  }

  workers(): { readonly idle: number; readonly running: number } {
    return { idle: this.options.workers - this.busyWorkers, running: this.busyWorkers };
  }

  onApplicationShutdown(): void {
    this.deadlines.clearAll();
    this.queue.clear();
    for (const controller of this.running.values()) controller.abort();
  }

  /** Returns the waiting jobs that are not held. */
  private startable(): readonly EmulatedJob[] {
    return [...this.queue].filter((job) => {
      const hold = ofKind(job.behaviours, 'hold');
      return !(hold && this.book.isActive(hold));
    });
  }

  /** Takes a job from the queue and starts its time. @returns null if it was forgotten */
  private begin(job: EmulatedJob): Omit<TakenJob, 'job'> | null {
    this.queue.delete(job);
    const { request } = job;
    if (request === null || !moveJob(job, 'IN_PROGRESS', Date.now())) return null;
    const controller = new AbortController();
    this.running.set(job, controller);
    this.deadlines.set(`execution ${job.id}`, request.policy.executionTimeoutMs, () =>
      this.end(job, 'TIMED_OUT', null, 'job timed out'),
    );
    return { request, signal: controller.signal };
  }

  private start(job: EmulatedJob): void {
    const begun = this.begin(job);
    if (begun === null) return;
    const worker = needsWorker(job) ? 1 : 0;
    this.busyWorkers += worker;
    void this.work(job, begun.request, begun.signal).finally(() => {
      this.busyWorkers -= worker;
      this.startWaiting();
    });
  }

  private async work(job: EmulatedJob, request: RunRequest, signal: AbortSignal): Promise<void> {
    const failure = ofKind(job.behaviours, 'fail');
    if (failure) return void this.end(job, 'FAILED', null, failure.error);
    if (ofKind(job.behaviours, 'time_out')) return void this.end(job, 'TIMED_OUT', null, 'job timed out');
    try {
      const output = await this.handler.call(job, request, signal);
      if (signal.aborted) return;
      this.end(job, 'COMPLETED', output, null);
    } catch (error) {
      if (!signal.aborted) this.end(job, 'FAILED', null, failureString(error));
    }
  }

  private end(
    job: EmulatedJob,
    status: 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT',
    output: unknown,
    error: string | null,
  ): boolean {
    if (!moveJob(job, status, Date.now())) return false;
    job.output = output;
    job.error = error;
    this.stop(job);
    this.webhooks.send(job);
    const expiry = ofKind(job.behaviours, 'expire');
    const retentionMs = expiry?.from === 'end' ? expiry.afterMs : this.options.retentionMs;
    this.deadlines.set(`retention ${job.id}`, retentionMs, () => this.remove(job));
    return true;
  }

  /** Removes a job whose ttl or retention is over. */
  private remove(job: EmulatedJob): void {
    this.stop(job);
    for (const name of ['ttl', 'expiry', 'retention']) this.deadlines.clear(`${name} ${job.id}`);
    this.store.forget(job);
  }

  private stop(job: EmulatedJob): void {
    this.queue.delete(job);
    this.deadlines.clear(`execution ${job.id}`);
    const controller = this.running.get(job);
    this.running.delete(job);
    if (!hasEnded(job.status) || job.status === 'CANCELLED' || job.status === 'TIMED_OUT') controller?.abort();
  }
}

/** False for jobs that use no CPU: they start without a worker. */
function needsWorker(job: EmulatedJob): boolean {
  return !(['instant', 'fail', 'time_out'] as const).some((kind) => ofKind(job.behaviours, kind));
}
