import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { ofKind } from '../behaviours/behaviour.js';
import { InstantEngine } from '../behaviours/instant-engine.js';
import { AcousticEngine } from '../engine/acoustic-engine.js';
import { otherVersion } from '../engine/voice-engine.js';
import { handle } from '../handler/handler.js';
import type { HandlerRun } from '../handler/handler-run.js';
import type { EmulatedJob } from './job.js';
import type { RunRequest } from './run-request.js';

/** Runs the handler for a job, once or as its behaviours say. The output of the last awaited run counts. */
@Injectable()
export class HandlerCaller implements OnApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(
    private readonly acoustic: AcousticEngine,
    private readonly instant: InstantEngine,
  ) {}

  /** @throws what the handler throws; ShapeError for an invalid input */
  async call(job: EmulatedJob, request: RunRequest, signal: AbortSignal): Promise<unknown> {
    const again = ofKind(job.behaviours, 'run_twice')?.again;
    const output = await this.run(job, request, signal);
    if (again === 'before') return this.run(job, request, signal);
    if (again === 'after') setImmediate(() => void this.runIgnored(job, request));
    return output;
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** Runs the handler and ignores its result. RunPod may lose track of a run whose URLs still work. */
  private async runIgnored(job: EmulatedJob, request: RunRequest): Promise<void> {
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
      failing: ofKind(job.behaviours, 'fail_samples')?.indexes ?? [],
      minEmbeddingBytes: instant?.embeddingBytes ?? 0,
      enter: () => pause(stageDelayMs, undefined, { signal }),
      report: (progress) => {
        if (job.status === 'IN_PROGRESS') job.output = progress;
      },
    };
    if (instant) await pause(instant.afterMs, undefined, { signal });
    const version = ofKind(job.behaviours, 'engine_version')?.version;
    const engine = instant ? this.instant : this.acoustic;
    return handle(request.input, version === undefined ? engine : otherVersion(engine, version), run);
  }
}
