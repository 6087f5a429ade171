import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from './managed-process.js';

/** A death this soon after the start is a quick one. */
const quickDeathMs = 10_000;
const quickDeathsAllowed = 5;
const firstPauseMs = 100;

export interface SupervisorEvents {
  /** One line for people. */
  readonly onReport: (line: string) => void;
  /** The process is not started any more: it died too often. */
  readonly onGiveUp: (line: string) => void;
}

/** Keeps one process running: reports its death and starts it again, after growing pauses when it dies at once. */
export class Supervisor {
  private stopping = false;
  private quickDeaths = 0;

  constructor(
    private readonly process: ManagedProcess,
    private readonly events: SupervisorEvents,
  ) {}

  /** Starts the process; throws when the very first start fails, which trying again would not mend. */
  async start(): Promise<void> {
    const startedAt = Date.now();
    await this.process.start();
    void this.process.ended.then((how) => this.onDeath(how, startedAt));
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.process.stop();
  }

  private async onDeath(how: string, startedAt: number): Promise<void> {
    if (this.stopping) return;
    this.quickDeaths = Date.now() - startedAt < quickDeathMs ? this.quickDeaths + 1 : 0;
    if (this.quickDeaths >= quickDeathsAllowed) {
      this.events.onGiveUp(`${this.process.name} ${how}, for the ${quickDeathsAllowed}th time soon after its start`);
      return;
    }
    this.events.onReport(`${this.process.name} ${how}; starting it again`);
    await sleep(firstPauseMs * 2 ** this.quickDeaths);
    if (this.stopping) return;
    const againAt = Date.now();
    await this.start().catch((error: unknown) => this.onDeath(`failed (${String(error)})`, againAt));
  }
}
