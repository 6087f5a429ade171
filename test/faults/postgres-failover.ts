import { setTimeout as sleep } from 'node:timers/promises';
import { revokeKeyInUse } from '../support/revoked-key.js';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { expectAllRunning } from './checks.js';
import { expect, type Fault, type Outcome } from './fault.js';
import type { Lab } from './lab.js';
import { beginJob, expectAllDone } from './postgres-link.js';
import { answered } from './refusals.js';
import { Standby } from './standby.js';

/** Upper limit of the time from the first response of the new primary to the last error. */
const lastErrorMs = 10_000;
const answeredWithinMs = 30_000;

/** Several clients that keep creating voices and reading lists, so that many connections are in use. */
class Clients {
  private readonly accepted: string[] = [];
  private lastErrorAt = 0;
  private refusals = 0;
  private stopped = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly lab: Lab,
    private readonly partner: TestPartner,
  ) {
    this.running = Promise.all([1, 2, 3, 4].map((client) => this.work(client)));
    this.running.catch(() => undefined); // awaited by `stop`
  }

  /** Returns the time from a moment to the last refused request, 0 if none was refused. */
  lastErrorAfter(moment: number): number {
    return Math.max(0, Math.round(this.lastErrorAt - moment));
  }

  get refused(): number {
    return this.refusals;
  }

  /** @returns names of the voices whose recordings were accepted */
  async stop(): Promise<readonly string[]> {
    this.stopped = true;
    await this.running;
    return this.accepted;
  }

  private async work(client: number): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      // One voice in ten has a recording, whose jobs must end too.
      const name = `client-${client}-${n}`;
      const file = n % 10 === 0 ? this.lab.recordings.tiny : null;
      const status = await this.ask('a new voice', () =>
        file === null ? this.partner.http.post(this.partner.route(), { name }) : createVoice(this.partner, name, file),
      );
      if (status === 201 && file !== null) this.accepted.push(name);
      await this.ask('a list', () => this.partner.http.get(`${this.partner.route()}?limit=1`));
      await sleep(50);
    }
  }

  private async ask(what: string, request: Parameters<typeof answered>[2]): Promise<number> {
    const { status } = await answered(what, answeredWithinMs, request);
    if (status === 503) {
      this.lastErrorAt = performance.now();
      this.refusals += 1;
    }
    return status;
  }
}

/** Expects that the log line of each refused request states the cause. */
function expectCausesLogged(lab: Lab, refused: number): void {
  const isRefusal = (line: string): boolean => line.includes('"res":{"status":503}') && !line.includes('/api/health/');
  const lines = lab.log.lines.filter(isRefusal);
  const silent = lines.filter((line) => !/"cause":"postgres_(read_only|unreachable|overloaded)","reason":"/.test(line));
  expect(lines.length >= refused && silent.length === 0, 'each refusal is logged with its cause', silent.slice(0, 3));
}

const readiness = async (lab: Lab): Promise<number> => {
  const answer = await fetch(`${lab.baseUrl}/health/ready`);
  await answer.body?.cancel();
  return answer.status;
};

/** @param failOver makes the standby accept writes */
async function failover(lab: Lab, failOver: (standby: Standby) => Promise<void>): Promise<Outcome> {
  const standby = await Standby.follow(lab);
  try {
    await waitFor('Timbre to be back', async () => (await readiness(lab)) === 200);
    const partner = await beginJob(lab);
    const clients = new Clients(lab, partner);
    await sleep(1_500);
    await failOver(standby);
    const answersAt = performance.now();
    await lab.ffmpeg.become('real');
    await sleep(lastErrorMs + 3_000);
    const lastErrorAfterMs = clients.lastErrorAfter(answersAt);
    const { refused } = clients;
    const voices = await clients.stop();
    expect(lastErrorAfterMs <= lastErrorMs, 'no error later than 10 s after the new primary answers', lastErrorAfterMs);
    expect(refused > 0, 'some requests failed during the failover', refused);
    expectCausesLogged(lab, refused);
    expect((await readiness(lab)) === 200, 'the API is ready');
    // The cache would forget the key after 30 s.
    const heardAfterMs = await revokeKeyInUse(lab);
    expect(heardAfterMs < 20_000, 'a revoked key is refused, so LISTEN works on the new primary', heardAfterMs);
    for (const voice of ['voice', ...voices]) {
      const { status } = await settled(partner, voice, 90_000);
      expect(status.splitting === 'completed' && status.embedding === 'completed', `${voice} completed`, status);
    }
    await standby.returnPlace();
    expectAllRunning(lab);
    await waitFor('Timbre to be back', async () => (await readiness(lab)) === 200);
    const done = await expectAllDone(lab, partner);
    return { recoveryMs: lastErrorAfterMs, note: `${done}; ${refused} requests were refused` };
  } finally {
    await standby.stop();
  }
}

const switchover: Fault = {
  name: 'postgres-failover',
  fault: 'Postgres fails over: connections reach a standby for 10 s, then it is promoted',
  passesWhen: '503 with Retry-After and not ready until then, last error ≤ 10 s after the promotion, all jobs complete',
  inShort: '3 s',
  lab: { apart: 'these rows end with another Postgres server' },
  longSeconds: 60,
  round: (lab, round) =>
    failover(lab, async (standby) => {
      await lab.postgres.stop();
      standby.takeConnections();
      await waitFor('the API is not ready', async () => (await readiness(lab)) === 503);
      const standsBy = performance.now() + round.pick(3_000, 10_000);
      while (performance.now() < standsBy) {
        expect((await readiness(lab)) === 503, 'the API is not ready while nothing can be written');
        await sleep(200);
      }
      await standby.promote();
    }),
};

/** Simulates a moved proxy or host name. The connections to the old primary, which accepts no writes, stay open. */
const leftBehind: Fault = {
  name: 'postgres-read-only',
  fault: 'Postgres fails over: open connections stay with the old primary, which is read-only',
  passesWhen: '503 with Retry-After, last error ≤ 10 s after the promotion, all jobs complete',
  lab: { apart: 'these rows end with another Postgres server' },
  longSeconds: 60,
  round: (lab) =>
    failover(lab, async (standby) => {
      await lab.sql(`ALTER SYSTEM SET default_transaction_read_only = on`);
      await lab.sql('SELECT pg_reload_conf()');
      await standby.caughtUp();
      standby.takeConnections();
      await standby.promote();
    }),
};

export const postgresFailoverFaults: readonly Fault[] = [switchover, leftBehind];
