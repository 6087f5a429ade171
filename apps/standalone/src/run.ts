import { ManagedProcess, type ProcessOptions } from '#libs/local-services';
import type { InstanceLock } from './instance-lock.js';
import { Supervisor } from './supervisor.js';

/** Receives the lines of a run. */
export interface RunOutput {
  /** A line of one of the processes. */
  readonly line: (name: string, line: string) => void;
  /** A line of the run itself. */
  readonly report: (line: string) => void;
}

export interface RunOptions {
  /** Called when a part cannot be kept running, after saying so. */
  readonly onGiveUp: () => void;
  /** Changes how a process is started. */
  readonly adapt?: (options: ProcessOptions) => ProcessOptions;
}

interface Part {
  readonly options: ProcessOptions;
  readonly supervisor: Supervisor;
  /** Replaces the running process at the next restart. */
  next?: ManagedProcess;
}

/** The processes of one `npm start`. They are started in order and stopped in reverse order. */
export class Run {
  private readonly parts: Part[] = [];
  private task: ManagedProcess | undefined;
  private stopped: Promise<void> | undefined;
  private readonly abort = new AbortController();

  constructor(
    private readonly lock: InstanceLock,
    private readonly output: RunOutput,
    private readonly options: RunOptions,
  ) {}

  /** Aborted when the run is stopped, also while it starts. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get isStopping(): boolean {
    return this.stopped !== undefined;
  }

  /** Starts a process that keeps running, and waits until it is ready. */
  async keep(options: ProcessOptions): Promise<void> {
    const supervisor = new Supervisor(this.manage(options), {
      onReport: this.output.report,
      onGiveUp: (line) => {
        this.output.report(line);
        this.options.onGiveUp();
      },
    });
    this.parts.push({ options, supervisor });
    await supervisor.start();
  }

  /** Runs a process to its end. Throws if it fails. */
  async complete(options: ProcessOptions): Promise<void> {
    this.task = this.manage(options);
    await this.task.start();
    const how = await this.task.ended;
    if (how !== 'ended with code 0') throw new Error(`${options.name} ${how}`);
  }

  /** Prepares the next process of each part, so that a restart takes less time. */
  prepareRestarts(): void {
    if (this.isStopping) return;
    for (const part of this.parts.filter(({ next }) => next === undefined)) {
      part.next = this.manage(part.options);
      part.next.prepare();
    }
  }

  /**
   * Replaces the processes of parts by new ones with the present code. Throws if one of them cannot load it, and leaves all
   * parts as they are. Throws if one does not become ready.
   */
  async restart(names: readonly string[]): Promise<void> {
    this.prepareRestarts();
    const parts = this.parts.filter(({ supervisor }) => names.includes(supervisor.name));
    try {
      await Promise.all(parts.map(async ({ next }) => next?.load()));
      const replaced = await Promise.allSettled(parts.map((part) => this.replace(part)));
      for (const each of replaced) if (each.status === 'rejected') throw each.reason;
    } finally {
      await Promise.all(parts.map(async ({ next }) => next?.stop())); // it has loaded code that is old after the next change
      for (const part of parts) delete part.next;
    }
  }

  private async replace(part: Part): Promise<void> {
    const { supervisor, next } = part;
    await supervisor.stop();
    if (this.isStopping || next === undefined) return;
    delete part.next;
    supervisor.takeOver(next);
    await supervisor.start();
  }

  /** Stops all processes, the last started first. A second call waits for the first. */
  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  private manage(options: ProcessOptions): ManagedProcess {
    if (this.isStopping) throw new Error('Stopped while starting');
    return new ManagedProcess(this.options.adapt?.(options) ?? options, {
      onLine: this.output.line,
      onSpawn: (name, pid) => this.lock.record(name, pid),
    });
  }

  private async stopAll(): Promise<void> {
    this.abort.abort();
    await this.task?.stop();
    await Promise.all(this.parts.map(async ({ next }) => next?.stop()));
    for (const { supervisor } of this.parts.reverse()) await supervisor.stop();
    this.lock.release();
  }
}
