import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { waitUntil } from './wait-until.js';

export interface ProcessOptions {
  /** What people call it; the prefix of its lines. */
  readonly name: string;
  /** The compiled entry, run with this Node. */
  readonly module: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Absent: its lines go to the watcher, as those of stderr always do. */
  readonly stdout?: 'ignore';
  /** Lines that would only puzzle people: they are dropped. */
  readonly isNoise?: (line: string) => boolean;
  /** Runs before every start, the first and later ones. */
  readonly beforeStart?: () => Promise<void>;
  /** Asked until it says yes; `'message'`: it sends `ready` to its parent; absent: ready once it runs. */
  readonly isReady?: (() => Promise<boolean> | boolean) | 'message';
  /** How long after SIGTERM it is killed, default 10 s. */
  readonly stopGraceMs?: number;
}

/** What becomes of a process's output and number. */
export interface ProcessWatcher {
  readonly onLine: (name: string, line: string) => void;
  readonly onSpawn?: (name: string, pid: number) => void;
}

/**
 * A Node process of ours that can be started, stopped and started again.
 *
 * It leads a process group of its own, so that a Ctrl-C in the terminal reaches its parent alone, which stops all of
 * them in order. It has an IPC channel, whose end tells it that its parent is gone.
 */
export class ManagedProcess {
  private child: ChildProcess | undefined;
  private end: Promise<string> = Promise.resolve('was not started');
  private running = false;
  private isStopped = false;
  private saidReady = false;

  constructor(
    private readonly options: ProcessOptions,
    private readonly watcher: ProcessWatcher,
  ) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.running ? this.child?.pid : undefined;
  }

  /** Resolves when it has ended, saying how: "ended with code 1", "was ended by SIGKILL". */
  get ended(): Promise<string> {
    return this.end;
  }

  /** Starts it and waits until it is ready; throws when it ends before that. */
  async start(readyWithinMs = 60_000): Promise<void> {
    this.isStopped = false;
    await this.options.beforeStart?.();
    if (this.isStopped) throw new Error(`${this.name} was stopped while starting`);
    const end = this.spawn();
    let ended: string | undefined;
    void end.then((how) => (ended = how));
    const ready = async (): Promise<boolean> => {
      if (ended !== undefined) throw new Error(`${this.name} ${ended} before it was ready`);
      return this.isReady();
    };
    try {
      await waitUntil(`${this.name} being ready`, ready, { timeoutMs: readyWithinMs });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Asks it to end, insists after the grace period, and returns when it is gone. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (!this.running) return;
    this.child?.kill('SIGTERM');
    const insist = setTimeout(() => this.kill('SIGKILL'), this.options.stopGraceMs ?? 10_000);
    await this.end;
    clearTimeout(insist);
  }

  /** Sends a signal to the process and everything in its group. */
  kill(signal: NodeJS.Signals): void {
    const pid = this.pid;
    if (pid !== undefined) process.kill(-pid, signal);
  }

  private async isReady(): Promise<boolean> {
    const { isReady } = this.options;
    return isReady === 'message' ? this.saidReady : (isReady?.() ?? true);
  }

  private spawn(): Promise<string> {
    const { module, args = [], env, name, stdout = 'pipe', isNoise } = this.options;
    const child = spawn(process.execPath, [module, ...args], {
      env,
      detached: true,
      stdio: ['ignore', stdout, 'pipe', 'ipc'],
    });
    this.child = child;
    this.running = true;
    this.saidReady = false;
    child.on('message', (message) => (this.saidReady ||= message === 'ready'));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        if (isNoise?.(line) !== true) this.watcher.onLine(name, line);
      });
    }
    if (child.pid !== undefined) this.watcher.onSpawn?.(name, child.pid);
    this.end = new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started (${error.message})`));
      child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    });
    return this.end.finally(() => (this.running = false));
  }
}
