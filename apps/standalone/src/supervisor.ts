import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from '#libs/local-services';

/** A process that dies this soon after its start counts as a quick death. */
const quickDeathMs = 10_000;
const quickDeathsAllowed = 5;
const firstPauseMs = 100;

export interface SupervisorEvents {
  /** Called with one line for people. */
  readonly onReport: (line: string) => void;
  /** Called when the process died too often and is not restarted. */
  readonly onGiveUp: (line: string) => void;
}

/** Keeps one process running: reports its death and restarts it, with growing pauses after quick deaths. */
export class Supervisor {
  private stopping = false;
  private quickDeaths = 0;
  /** Counts the starts, so that the end of an earlier process is not taken for the end of this one. */
  private life = 0;

  constructor(
    private process: ManagedProcess,
    private readonly events: SupervisorEvents,
  ) {}

  get name(): string {
    return this.process.name;
  }

  /** Starts the process. Throws if the first start fails, because a retry would not help. */
  async start(): Promise<void> {
    this.stopping = false;
    const life = ++this.life;
    const startedAt = Date.now();
    await this.process.start();
    void this.process.ended.then((how) => this.onDeath(how, startedAt, life));
  }

  /** Ends the process. It can be started again. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.process.stop();
  }

  /** Keeps another process running from its next start on. */
  takeOver(process: ManagedProcess): void {
    this.process = process;
  }

  private async onDeath(how: string, startedAt: number, life: number): Promise<void> {
    if (this.stopping || life !== this.life) return;
    this.quickDeaths = Date.now() - startedAt < quickDeathMs ? this.quickDeaths + 1 : 0;
    if (this.quickDeaths >= quickDeathsAllowed) {
      this.events.onGiveUp(`${this.process.name} ${how}, for the ${quickDeathsAllowed}th time soon after its start`);
      return;
    }
    this.events.onReport(`${this.process.name} ${how}; starting it again`);
    await sleep(firstPauseMs * 2 ** this.quickDeaths);
    if (this.stopping || life !== this.life) return;
    const againAt = Date.now();
    await this.start().catch((error: unknown) => this.onDeath(`failed (${String(error)})`, againAt, life + 1));
  }
}
