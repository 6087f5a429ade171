import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import type { Details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { toneForm } from '../e2e/contract/tone.js';
import type { Cluster } from './cluster.js';

const uploaders = 4;
const pollers = 4;
/** Pause between two requests of one client. */
const pauseMs = 100;

/** The answers that clients got during rolling restarts. */
export interface RollingResult {
  /** Answers by method and status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers without a 2xx status. */
  readonly bad: readonly string[];
  /** Names of the voices that were accepted. */
  readonly accepted: readonly string[];
  /** Names of the accepted voices that did not complete. */
  readonly incomplete: readonly string[];
}

/** Clients that send requests without retries until they are stopped. */
class Clients {
  readonly answers: Record<string, number> = {};
  readonly bad: string[] = [];
  readonly accepted: string[] = [];
  private isOver = false;
  private made = 0;
  private readonly running: Promise<unknown>;

  constructor(private readonly partner: TestPartner) {
    this.running = Promise.all([
      ...Array.from({ length: uploaders }, () => this.again(() => this.upload())),
      ...Array.from({ length: pollers }, () => this.again(() => this.poll())),
    ]);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async again(ask: () => Promise<void>): Promise<void> {
    while (!this.isOver) {
      await ask();
      await sleep(pauseMs);
    }
  }

  private async upload(): Promise<void> {
    const name = `voice-${(this.made += 1)}`;
    if (await this.note('POST', this.partner.http.post(this.partner.route(), toneForm(2, { name })))) {
      this.accepted.push(name);
    }
  }

  private async poll(): Promise<void> {
    const name = this.accepted[Math.floor(Math.random() * this.accepted.length)];
    await this.note('GET', this.partner.http.get(this.partner.route(name)));
  }

  private async note(method: string, asking: Promise<{ status: number; body: unknown }>): Promise<boolean> {
    const { status, body } = await asking.catch((error: unknown) => ({ status: 0, body: (error as Error).cause }));
    const kind = `${method} ${status}`;
    this.answers[kind] = (this.answers[kind] ?? 0) + 1;
    const isWell = status >= 200 && status < 300;
    if (!isWell) this.bad.push(`${kind} ${JSON.stringify(body)}`);
    return isWell;
  }
}

/**
 * Restarts every API and worker of a cluster one after another, the given number of times, while clients upload and
 * poll through the proxy. Then waits until no voice is in progress.
 */
export async function restartRolling(cluster: Cluster, partner: TestPartner, rounds: number): Promise<RollingResult> {
  const clients = new Clients(partner);
  await waitFor('the first voice is accepted', () => clients.accepted.length > 0);
  for (let round = 0; round < rounds; round += 1) {
    for (const part of [...cluster.apis, ...cluster.workers]) {
      await part.stop();
      await part.start();
    }
  }
  await clients.stop();
  const { answers, bad, accepted } = clients;
  const settled = new Map<string, Details>();
  const look = async (): Promise<boolean> => {
    for (const name of accepted.filter((each) => !settled.has(each))) {
      const { body } = await partner.http.get<Details>(partner.route(name));
      if (!Object.values(body.status).includes('in_progress')) settled.set(name, body);
    }
    return settled.size === accepted.length;
  };
  await waitFor('every voice to settle', look, { timeoutMs: 300_000, everyMs: 500 }).catch(() => undefined);
  const isComplete = (name: string): boolean => {
    const status = settled.get(name)?.status;
    return status?.splitting === 'completed' && status.embedding === 'completed';
  };
  return { answers, bad, accepted, incomplete: accepted.filter((name) => !isComplete(name)) };
}
