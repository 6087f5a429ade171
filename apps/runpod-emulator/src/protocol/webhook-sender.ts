import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { ofKind } from '../behaviours/behaviour.js';
import { EMULATOR_OPTIONS, type EmulatorOptions } from '../emulator-options.js';
import { statusAnswer, type EmulatedJob } from './job.js';

/** One attempt and "up to 2 more" (https://docs.runpod.io/serverless/endpoints/send-requests#webhook-notifications). */
const maxAttempts = 3;
const responseTimeoutMs = 15_000;

/** Calls the webhooks of jobs that have ended. Like RunPod's, they are not signed. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(@Inject(EMULATOR_OPTIONS) private readonly options: EmulatorOptions) {}

  /** Sends the current state of the job in the background. The job may be retried or forgotten meanwhile. */
  send(job: EmulatedJob): void {
    const url = job.request?.webhook;
    if (!url) return;
    const { mode = 'once', delayMs = 0 } = ofKind(job.behaviours, 'webhook') ?? {};
    if (mode === 'skip') return;
    const body = JSON.stringify({ ...statusAnswer(job, Date.now()), input: job.request?.input, webhook: url });
    const deliveries = mode === 'double' ? 2 : 1;
    for (let i = 0; i < deliveries; i++) {
      this.deliver(job, url, body, delayMs).catch(() => undefined); // fails only if the emulator stops
    }
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async deliver(job: EmulatedJob, url: string, body: string, delayMs: number): Promise<void> {
    const { status } = job;
    const { signal } = this.stopping;
    await pause(delayMs, undefined, { signal, ref: false });
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const answer = await this.post(url, body);
      signal.throwIfAborted();
      job.webhooks.push({ at: new Date().toISOString(), status, answer });
      if (answer === 200) return;
      if (attempt < maxAttempts) await pause(this.options.webhookRetryMs, undefined, { signal, ref: false });
    }
  }

  private async post(url: string, body: string): Promise<number | null> {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(responseTimeoutMs)]);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' }).catch(() => null);
    await response?.body?.cancel();
    return response?.status ?? null;
  }
}
