import type { InstanceLock } from './instance-lock.js';
import { ManagedProcess, type ProcessOptions } from './managed-process.js';
import { Supervisor } from './supervisor.js';

/** Where a run's lines go. */
export interface RunOutput {
  /** A line of one of the processes. */
  readonly line: (name: string, line: string) => void;
  /** A line of the run itself. */
  readonly report: (line: string) => void;
}

/** Everything one `npm start` has running: parts are added in order and stopped in the reverse one. */
export class Run {
  private readonly parts: Supervisor[] = [];
  private task: ManagedProcess | undefined;
  private stopped: Promise<void> | undefined;

  /** @param onGiveUp called when a part cannot be kept running, after saying so */
  constructor(
    private readonly lock: InstanceLock,
    private readonly output: RunOutput,
    private readonly onGiveUp: () => void,
  ) {}

  get isStopping(): boolean {
    return this.stopped !== undefined;
  }

  /** Starts a process that is to run for good, and waits until it is ready. */
  async keep(options: ProcessOptions): Promise<void> {
    const part = new Supervisor(this.manage(options), {
      onReport: this.output.report,
      onGiveUp: (line) => {
        this.output.report(line);
        this.onGiveUp();
      },
    });
    this.parts.push(part);
    await part.start();
  }

  /** Runs a process to its end; throws when it fails. */
  async complete(options: ProcessOptions): Promise<void> {
    this.task = this.manage(options);
    await this.task.start();
    const how = await this.task.ended;
    if (how !== 'ended with code 0') throw new Error(`${options.name} ${how}`);
  }

  /** Stops everything, last started first; a second call waits for the first. */
  stop(): Promise<void> {
    this.stopped ??= this.stopAll();
    return this.stopped;
  }

  private manage(options: ProcessOptions): ManagedProcess {
    if (this.isStopping) throw new Error('Stopped while starting');
    return new ManagedProcess(options, {
      onLine: this.output.line,
      onSpawn: (name, pid) => this.lock.record(name, pid),
    });
  }

  private async stopAll(): Promise<void> {
    await this.task?.stop();
    for (const part of this.parts.reverse()) await part.stop();
    this.lock.release();
  }
}
