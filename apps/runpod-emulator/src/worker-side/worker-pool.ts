import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import { EMULATOR_OPTIONS, type EmulatorOptions } from '../emulator-options.js';
import { JobRunner } from '../protocol/job-runner.js';
import { JobStore } from '../protocol/job-store.js';
import type { EmulatedJob } from '../protocol/job.js';
import type { JobDone } from './job-done.js';
import { PoolWorker } from './pool-worker.js';

/**
 * The workers of all endpoints, and which job each has. A worker that shows no sign of life for the heartbeat's time
 * gives its job back. Only the worker that has a job reports on it: what another says comes too late.
 */
@Injectable()
export class WorkerPool implements OnApplicationShutdown {
  private readonly workers = new Map<string, PoolWorker>();

  constructor(
    @Inject(EMULATOR_OPTIONS) private readonly options: EmulatorOptions,
    private readonly runner: JobRunner,
    private readonly store: JobStore,
  ) {
    runner.onWaiting(() => this.serve());
  }

  /**
   * Gives the worker the oldest job of the endpoint, now or when there is one.
   *
   * @param isBusy whether the worker says that it works on a job. If it does not and has one here, it has lost it: it was
   * restarted, or did not get the answer
   */
  take(endpoint: string, id: string, isBusy: boolean, response: Response): void {
    const worker = this.workerOf(endpoint, id);
    if (worker.job !== null && !isBusy) this.giveBack(worker, worker.job);
    worker.waitForJob(response);
    this.serve();
  }

  listen(endpoint: string, id: string, response: Response): void {
    this.workerOf(endpoint, id).waitForStop(response);
  }

  /** Takes a heartbeat. A worker that works on a job that is not its own (any more) is told again to stop. */
  ping(endpoint: string, id: string, jobIds: readonly string[]): void {
    const worker = this.workers.get(keyOf(endpoint, id));
    if (!worker) return;
    worker.ping();
    for (const jobId of jobIds) {
      if (jobId !== worker.job?.id && this.store.isKnown(endpoint, jobId)) worker.stopJob(jobId);
    }
  }

  /** @returns false if there never was such a job. A job that has ended, or that another worker has, does not change. */
  report(endpoint: string, id: string, jobId: string, done: JobDone): boolean {
    const worker = this.workers.get(keyOf(endpoint, id));
    const job = worker?.job;
    if (!worker || job?.id !== jobId) return this.store.isKnown(endpoint, jobId);
    if (done.kind === 'progress') {
      this.runner.report(job, done.output);
    } else {
      worker.job = null;
      this.runner.finish(job, done);
      this.serve();
    }
    return true;
  }

  counts(endpoint: string): { readonly idle: number; readonly running: number } {
    const own = [...this.workers.values()].filter((worker) => worker.endpoint === endpoint);
    const idle = own.filter((worker) => worker.isIdle).length;
    return { idle, running: own.length - idle };
  }

  onApplicationShutdown(): void {
    for (const worker of this.workers.values()) worker.leave();
    this.workers.clear();
  }

  private workerOf(endpoint: string, id: string): PoolWorker {
    const key = keyOf(endpoint, id);
    const known = this.workers.get(key);
    if (known) return known;
    const worker = new PoolWorker(endpoint, this.options.heartbeatMs, () => this.lose(key, worker));
    this.workers.set(key, worker);
    return worker;
  }

  private serve(): void {
    for (const worker of this.workers.values()) {
      const taken = worker.isWaiting ? this.runner.take(worker.endpoint) : null;
      if (taken === null) continue;
      const { job, request, signal } = taken;
      signal.addEventListener('abort', () => this.revoke(worker, job), { once: true });
      worker.give(job, request.input);
    }
  }

  /** The job was cancelled, or is past its time. A job that was given back is no longer the worker's. */
  private revoke(worker: PoolWorker, job: EmulatedJob): void {
    if (worker.job !== job) return;
    worker.job = null;
    worker.stopJob(job.id);
  }

  private giveBack(worker: PoolWorker, job: EmulatedJob): void {
    worker.job = null;
    this.runner.giveBack(job);
  }

  private lose(key: string, worker: PoolWorker): void {
    this.workers.delete(key);
    worker.leave();
    if (worker.job !== null) this.giveBack(worker, worker.job);
  }
}

function keyOf(endpoint: string, id: string): string {
  return `${endpoint}/${id}`;
}
