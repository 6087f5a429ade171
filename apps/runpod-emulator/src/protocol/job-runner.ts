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
import type { RunRequest } from './run-request.js';
import { WebhookSender } from './webhook-sender.js';

/** Takes jobs through their states: queue, workers, deadlines, cancel, retry. */
@Injectable()
export class JobRunner implements OnApplicationShutdown {
  private readonly queue = new Set<EmulatedJob>();
  private readonly running = new Map<EmulatedJob, AbortController>();
  private readonly deadlines = new Deadlines();
  private busyWorkers = 0;

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
    // The answer to /run goes first.
    setImmediate(() => this.startWaiting());
    return job;
  }

  /** @returns false when it has ended already */
  cancel(job: EmulatedJob): boolean {
    return this.end(job, 'CANCELLED', null, null);
  }

  /** @returns false when it is in no state to be retried */
  retry(job: EmulatedJob): boolean {
    if (!moveJob(job, 'IN_QUEUE', Date.now())) return false;
    job.retries++;
    this.deadlines.clear(`retention ${job.id}`);
    this.queue.add(job);
    setImmediate(() => this.startWaiting());
    return true;
  }

  /** Ends the endpoint's waiting jobs. @returns how many there were */
  purge(endpoint: string): number {
    const waiting = [...this.queue].filter((job) => job.endpoint === endpoint);
    for (const job of waiting) this.cancel(job);
    return waiting.length;
  }

  /** Starts every waiting job that nothing holds and a worker is free for. */
  startWaiting(): void {
    for (const job of [...this.queue]) {
      const hold = ofKind(job.behaviours, 'hold');
      if (hold && this.book.stands(hold)) continue;
      if (needsWorker(job) && this.busyWorkers >= this.options.workers) continue;
      this.start(job);
    }
  }

  workers(): { readonly idle: number; readonly running: number } {
    return { idle: this.options.workers - this.busyWorkers, running: this.busyWorkers };
  }

  onApplicationShutdown(): void {
    this.deadlines.clearAll();
    this.queue.clear();
    for (const controller of this.running.values()) controller.abort();
  }

  private start(job: EmulatedJob): void {
    this.queue.delete(job);
    const { request } = job;
    if (request === null || !moveJob(job, 'IN_PROGRESS', Date.now())) return;
    const controller = new AbortController();
    this.running.set(job, controller);
    const worker = needsWorker(job) ? 1 : 0;
    this.busyWorkers += worker;
    this.deadlines.set(`execution ${job.id}`, request.policy.executionTimeoutMs, () =>
      this.end(job, 'TIMED_OUT', null, 'job timed out'),
    );
    void this.work(job, request, controller.signal).finally(() => {
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

  /** The job's time is up, or it has ended and was kept long enough. */
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

/** Jobs that do no work on this machine's CPU wait for no worker. */
function needsWorker(job: EmulatedJob): boolean {
  return !(['instant', 'fail', 'time_out'] as const).some((kind) => ofKind(job.behaviours, kind));
}
