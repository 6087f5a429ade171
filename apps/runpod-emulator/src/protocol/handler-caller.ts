import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { ofKind } from '../behaviours/behaviour.js';
import { InstantEngine } from '../behaviours/instant-engine.js';
import { AcousticEngine } from '../engine/acoustic-engine.js';
import { embed, type HandlerRun } from '../handler/embed-handler.js';
import { parseEmbedInput } from '../handler/embed-input.js';
import type { EmulatedJob } from './job.js';
import type { RunRequest } from './run-request.js';

/** Runs the handler for a job, as often as its behaviours say; the last run's output counts. */
@Injectable()
export class HandlerCaller implements OnApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(
    private readonly acoustic: AcousticEngine,
    private readonly instant: InstantEngine,
  ) {}

  /** @throws whatever the handler throws; a wrong input is a ShapeError */
  async call(job: EmulatedJob, request: RunRequest, signal: AbortSignal): Promise<unknown> {
    const again = ofKind(job.behaviours, 'run_twice')?.again;
    const output = await this.run(job, request, signal);
    if (again === 'before') return this.run(job, request, signal);
    if (again === 'after') setImmediate(() => void this.runUnheard(job, request));
    return output;
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** A run nobody waits for: RunPod lost sight of it, but its URLs still work. */
  private async runUnheard(job: EmulatedJob, request: RunRequest): Promise<void> {
    await this.run(job, request, this.stopping.signal).catch(() => undefined);
  }

  private async run(job: EmulatedJob, request: RunRequest, signal: AbortSignal): Promise<unknown> {
    const number = ++job.handlerRuns;
    const { stageDelayMs = 0 } = ofKind(job.behaviours, 'slow') ?? {};
    const instant = ofKind(job.behaviours, 'instant');
    const run: HandlerRun = {
      signal,
      number,
      malformation: ofKind(job.behaviours, 'malformed')?.variant ?? null,
      enter: () => pause(stageDelayMs, undefined, { signal }),
      report: (progress) => {
        if (job.status === 'IN_PROGRESS') job.output = progress;
      },
    };
    if (instant) await pause(instant.afterMs, undefined, { signal });
    return embed(parseEmbedInput(request.input), instant ? this.instant : this.acoustic, run);
  }
}
