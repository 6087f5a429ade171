import type { Response } from 'express';
import { Deadlines } from '../protocol/deadlines.js';
import type { EmulatedJob } from '../protocol/job.js';
import { HeldRequest } from './held-request.js';

/** RunPod's SDK gives up a poll after 90 s. */
const takeHoldMs = 60_000;

/**
 * A process that takes jobs, and the signs that it lives.
 *
 * RunPod's SDK keeps a poll of job-stop open in the process of the handler, and sends pings from a second one. That one
 * goes on for ever if the handler is killed, while an open poll says nothing of a machine without power. So each sign
 * that a worker has ever given must be fresh.
 */
export class PoolWorker {
  job: EmulatedJob | null = null;
  /** True from the time when it asks for a job until it gets one. */
  isIdle = false;
  private taking: HeldRequest | null = null;
  private listening: HeldRequest | null = null;
  /** Ids of jobs to stop that the worker does not know of yet. */
  private readonly stops = new Set<string>();
  private readonly signs = new Deadlines();
  private gives = { pings: false, stopPolls: false };

  /** @param onSilence called if a sign is overdue */
  constructor(
    readonly endpoint: string,
    private readonly heartbeatMs: number,
    private readonly onSilence: () => void,
  ) {}

  /** True while it waits for a job. A worker has one job at a time. */
  get isWaiting(): boolean {
    return this.job === null && this.taking !== null && this.taking.isOpen;
  }

  /** Holds its request for a job. Replaces an earlier one. */
  waitForJob(response: Response): void {
    this.taking?.answer(null);
    this.isIdle = this.job === null;
    this.signs.clear('take');
    this.taking = new HeldRequest(response, takeHoldMs, () => {
      this.taking = null;
      if (!this.gives.pings && !this.gives.stopPolls) this.expect('take');
    });
  }

  give(job: EmulatedJob, input: object): void {
    this.job = job;
    this.isIdle = false;
    this.taking?.answer({ id: job.id, input });
  }

  /** Holds its request for jobs to stop, without a limit: a handler that blocks its process could not send another. */
  waitForStop(response: Response): void {
    this.listening?.answer({ jobsToStop: [] });
    this.gives = { ...this.gives, stopPolls: true };
    this.signs.clear('take');
    this.signs.clear('stop');
    const held = new HeldRequest(response, null, () => {
      if (this.listening !== held) return;
      this.listening = null;
      this.expect('stop');
    });
    this.listening = held;
    this.deliverStops();
  }

  ping(): void {
    this.gives = { ...this.gives, pings: true };
    this.signs.clear('take');
    this.expect('ping');
  }

  stopJob(id: string): void {
    this.stops.add(id);
    this.deliverStops();
  }

  /** Forgets its signs and ends its requests. */
  leave(): void {
    for (const held of [this.taking, this.listening]) held?.answer(null);
    this.signs.clearAll();
  }

  private expect(sign: 'take' | 'ping' | 'stop'): void {
    this.signs.set(sign, this.heartbeatMs, this.onSilence);
  }

  private deliverStops(): void {
    if (this.stops.size === 0 || !this.listening?.isOpen) return;
    this.listening.answer({ jobsToStop: [...this.stops] });
    this.stops.clear();
  }
}
