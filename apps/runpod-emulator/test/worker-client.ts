import { setTimeout as pause } from 'node:timers/promises';

export interface WorkerJob {
  readonly id: string;
  readonly input: Record<string, unknown>;
}

/** What a handler may use while it works on a job. */
export interface JobRun {
  /** Aborts when the endpoint stops the job. */
  readonly signal: AbortSignal;
  report(progress: unknown): Promise<void>;
}

export type WorkerHandler = (job: WorkerJob, run: JobRun) => Promise<unknown>;

/** How long it waits after a failed request. */
const retryMs = 200;

/**
 * Takes jobs from an endpoint as RunPod's Python SDK 1.12.0 does: one at a time, with a second request open for jobs to
 * stop. It sends no pings by itself, so that a slow machine cannot make it look dead.
 */
export class WorkerClient {
  private readonly leaving = new AbortController();
  private readonly jobs = new Map<string, AbortController>();
  private loops: readonly Promise<void>[] = [];

  /** @param endpointUrl `http://host:port/v2/<endpoint>` */
  constructor(
    private readonly endpointUrl: string,
    private readonly key: string,
    readonly id: string,
  ) {}

  /** Works until `leave` is called. */
  start(handler: WorkerHandler): void {
    this.loops = [this.takeJobs(handler), this.listenForStops()];
  }

  /** Ends like a process that is killed: connections close, and nobody hears of the job any more. */
  async leave(): Promise<void> {
    this.leaving.abort();
    for (const job of this.jobs.values()) job.abort();
    await Promise.all(this.loops);
  }

  async ping(...jobIds: readonly string[]): Promise<void> {
    const query = new URLSearchParams({
      ...(jobIds.length > 0 ? { job_id: jobIds.join(',') } : {}),
      runpod_version: '0',
    });
    await this.send(`ping/${this.id}?${query.toString()}`);
  }

  /** Reports on a job. @returns the HTTP status */
  async done(jobId: string, body: object | string): Promise<number> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await this.send(`job-done/${this.id}/${jobId}?gpu=cpu&isStream=false`, text);
    return response.status;
  }

  /** Asks for a job once. @returns null if there is none */
  async take(isBusy = false): Promise<WorkerJob | null> {
    const response = await this.send(`job-take/${this.id}?gpu=cpu&job_in_progress=${isBusy ? 1 : 0}`);
    return response.status === 200 ? ((await response.json()) as WorkerJob) : null;
  }

  private async takeJobs(handler: WorkerHandler): Promise<void> {
    await this.untilLeaving(async () => {
      const job = await this.take();
      if (job !== null) await this.work(job, handler);
    });
  }

  private async work(job: WorkerJob, handler: WorkerHandler): Promise<void> {
    const controller = new AbortController();
    this.jobs.set(job.id, controller);
    const { signal } = controller;
    const report = async (output: unknown): Promise<void> => {
      await this.done(job.id, { status: 'IN_PROGRESS', output });
    };
    const result = await handler(job, { signal, report }).then(
      (output) => ({ output }),
      (error: unknown) => ({ error: sdkError(error) }),
    );
    this.jobs.delete(job.id);
    if (!signal.aborted) await this.done(job.id, result);
  }

  /** Waits for jobs to stop, once. */
  async nextStops(): Promise<readonly string[]> {
    const response = await this.send(`job-stop/${this.id}?gpu=cpu`);
    if (response.status !== 200) return [];
    return ((await response.json()) as { readonly jobsToStop: readonly string[] }).jobsToStop;
  }

  private async listenForStops(): Promise<void> {
    await this.untilLeaving(async () => {
      for (const id of await this.nextStops()) this.jobs.get(id)?.abort();
    });
  }

  private async untilLeaving(step: () => Promise<void>): Promise<void> {
    const { signal } = this.leaving;
    while (!signal.aborted) {
      await step().catch(() => pause(retryMs, undefined, { signal }).catch(() => undefined));
    }
  }

  private async send(path: string, body?: string): Promise<Response> {
    const headers = { authorization: this.key, 'content-type': 'application/x-www-form-urlencoded' };
    const request = body === undefined ? { headers } : { method: 'POST', headers, body };
    return fetch(`${this.endpointUrl}/${path}`, { ...request, signal: this.leaving.signal });
  }
}

/** The text that RunPod's SDK makes of an exception (serverless/modules/rp_job.py). */
function sdkError(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({
    error_type: `<class '${name}'>`,
    error_message: message,
    error_traceback: stack,
    hostname: 'unknown',
    worker_id: 'unknown',
    runpod_version: '1.12.0',
  });
}
