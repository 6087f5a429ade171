import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { waitUntil } from './wait-until.js';

export interface ProcessOptions {
  /** Shown to people, as the prefix of its lines. */
  readonly name: string;
  /** The compiled entry file, run with this version of Node. */
  readonly module: string;
  readonly args?: readonly string[];
  /** Flags of Node itself, such as `--inspect=9229`. */
  readonly nodeFlags?: readonly string[];
  /**
   * The process takes orders, so it can be spawned ahead of its start. At `load` it loads its code and sends `loaded`. At
   * `run` it runs.
   */
  readonly takesOrders?: true;
  readonly env: NodeJS.ProcessEnv;
  /** By default its lines go to the watcher. Lines of stderr always do. */
  readonly stdout?: 'ignore';
  /** Drops lines that would only confuse people. */
  readonly isNoise?: (line: string) => boolean;
  /** Runs before the first start and before every restart. */
  readonly beforeStart?: () => Promise<void>;
  /** Polled until it returns true. `'message'`: the process sends `ready` to its parent. Absent: ready once spawned. */
  readonly isReady?: (() => Promise<boolean> | boolean) | 'message';
  /** Time between SIGTERM and SIGKILL, default 10 s. */
  readonly stopGraceMs?: number;
}

/** Receives a process's output and pid. */
export interface ProcessWatcher {
  readonly onLine: (name: string, line: string) => void;
  readonly onSpawn?: (name: string, pid: number) => void;
}

/**
 * A Node process of ours that can be started, stopped and started again.
 *
 * It leads its own process group. A Ctrl-C in the terminal therefore reaches only the parent, which stops all processes
 * in order. When its IPC channel closes, it knows that its parent is gone.
 */
export class ManagedProcess {
  private child: ChildProcess | undefined;
  private end: Promise<string> = Promise.resolve('was not started');
  private running = false;
  private isStopped = false;
  private readonly said = new Set<unknown>();

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

  /** Resolves when the process has ended, with the reason: "ended with code 1", "was ended by SIGKILL". */
  get ended(): Promise<string> {
    return this.end;
  }

  /** Spawns the process ahead of its start, if it takes orders. */
  prepare(): void {
    if (this.options.takesOrders) this.spawn();
  }

  /** Lets the process load its code before its start, if it takes orders. Throws if it cannot load the code. */
  async load(): Promise<void> {
    if (!this.options.takesOrders) return;
    if (this.pid === undefined) this.spawn();
    this.order('load');
    await this.become('loaded', () => this.said.has('loaded'));
  }

  /** Starts the process and waits until it is ready. Throws if it ends first. */
  async start(readyWithinMs = 60_000): Promise<void> {
    this.isStopped = false;
    await this.options.beforeStart?.();
    if (this.isStopped) throw new Error(`${this.name} was stopped while starting`);
    if (this.pid === undefined) this.spawn();
    if (this.pid !== undefined) this.watcher.onSpawn?.(this.name, this.pid);
    if (this.options.takesOrders) this.order('run');
    await this.become('ready', () => this.isReady(), readyWithinMs);
  }

  /** Sends SIGTERM, then SIGKILL after the grace period. Returns when the process is gone. */
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

  /** A process that is gone gets no order; whoever waits for it sees its end. */
  private order(what: 'load' | 'run'): void {
    this.child?.send(what, () => undefined);
  }

  private async isReady(): Promise<boolean> {
    const { isReady } = this.options;
    return isReady === 'message' ? this.said.has('ready') : (isReady?.() ?? true);
  }

  /** Waits for a condition. Stops the process and throws if the condition does not come true while the process runs. */
  private async become(what: string, look: () => Promise<boolean> | boolean, withinMs?: number): Promise<void> {
    let ended: string | undefined;
    void this.end.then((how) => (ended = how));
    const lookWhileRunning = async (): Promise<boolean> => {
      if (ended !== undefined) throw new Error(`${this.name} ${ended} before it was ${what}`);
      return look();
    };
    try {
      await waitUntil(
        `${this.name} being ${what}`,
        lookWhileRunning,
        withinMs === undefined ? {} : { timeoutMs: withinMs },
      );
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private spawn(): void {
    const { module, args = [], nodeFlags = [], env, name, stdout = 'pipe', isNoise } = this.options;
    const child = spawn(process.execPath, [...nodeFlags, module, ...args], {
      env,
      detached: true,
      stdio: ['ignore', stdout, 'pipe', 'ipc'],
    });
    this.child = child;
    this.running = true;
    this.said.clear();
    child.on('message', (message) => this.said.add(message));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        if (isNoise?.(line) !== true) this.watcher.onLine(name, line);
      });
    }
    this.end = new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started (${error.message})`));
      child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    });
    void this.end.finally(() => (this.running = false));
  }
}
