import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled } from './checks.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import type { Lab, LabOptions } from './lab.js';
import { answered, refused, uploadInTheEnd } from './refusals.js';
import { upload } from './uploads.js';
const fullLab: LabOptions = { maxConnections: 60 };

/** A dead connection is closed after 15 s. Then a request may wait 5 s for a new one. */
const answeredWithinMs = 30_000;

/** Starts a conversion that takes some seconds. */
export async function beginJob(lab: Lab): Promise<TestPartner> {
  const partner = await lab.partner();
  await lab.ffmpeg.become('slow');
  await upload(lab, partner, 'voice');
  await jobIs(lab, partner, 'split', `state = 'running'`);
  return partner;
}

/** Expects that all jobs of a partner completed, with one GPU job for each voice. @returns a note */
export async function expectAllDone(lab: Lab, partner: TestPartner): Promise<string> {
  const jobs = await lab.sql<{ kind: string; state: string; n: string; submissions: number }>(
    `SELECT kind, state, count(*) AS n, max(submissions) AS submissions FROM jobs
     JOIN partners p ON p.id = jobs.partner_id WHERE p.name = $1 GROUP BY kind, state ORDER BY kind`,
    [partner.name],
  );
  const [embeds, splits] = jobs;
  const allCompleted = jobs.length === 2 && jobs.every(({ state }) => state === 'completed');
  expect(allCompleted && embeds?.n === splits?.n, 'each voice was split and embedded once', jobs);
  const accepted = await lab.emulator.jobs({ partner: partner.name });
  const voices = new Set(accepted.map(({ voice }) => voice));
  expect(accepted.length === voices.size && voices.size === Number(embeds?.n), 'one GPU job for each voice', jobs);
  return `${voices.size} voices`;
}

const slow: Fault = {
  name: 'postgres-slow',
  fault: 'Postgres slow: responses delayed by 0.5 s for 20 s, then by 30 s for 40 s',
  passesWhen:
    '2xx with the delay of 0.5 s; 503 with Retry-After within 30 s with the delay of 30 s; all jobs terminal afterwards',
  inShort: '8 s, then 17 s',
  longSeconds: 100,
  round: async (lab, round) => {
    const partner = await beginJob(lab);
    lab.postgresLink.delay(250);
    const slowUntil = performance.now() + round.pick(8_000, 20_000);
    for (let n = 0; performance.now() < slowUntil; n += 1) {
      const ask = (): ReturnType<typeof createVoice> => createVoice(partner, `slow-${n}`, lab.recordings.tiny);
      const { status } = await answered('an upload', answeredWithinMs, ask);
      expect(status === 201, 'the upload waits for a slow Postgres', status);
    }
    await lab.ffmpeg.become('real');
    lab.postgresLink.delay(15_000);
    const stuckUntil = performance.now() + round.pick(17_000, 40_000);
    const refusals: number[] = [];
    while (performance.now() < stuckUntil) {
      refusals.push(await refused('a request', answeredWithinMs, () => partner.http.get(partner.route())));
    }
    await lab.postgresLink.pass();
    const recoveryMs = await allSettled(lab, partner, 60_000);
    const done = await expectAllDone(lab, partner);
    return { recoveryMs, note: `${done}; the longest refusal took ${Math.max(...refusals)} ms` };
  },
};

/** Open connections die, new ones work. A client that never checks its connection waits forever. */
const halfOpen: Fault = {
  name: 'postgres-half-open',
  fault: 'Postgres half-open: open connections die without a sign',
  passesWhen: '2xx again ≤ 30 s, 503 with Retry-After until then, all jobs terminal afterwards',
  longSeconds: 60,
  round: async (lab) => {
    const partner = await beginJob(lab);
    await sleep(Math.random() * 3_000);
    lab.postgresLink.blackHole();
    await lab.postgresLink.pass();
    const brokeAt = performance.now();
    await lab.ffmpeg.become('real');
    const takenAfterMs = await uploadInTheEnd(lab, partner, 'after', answeredWithinMs);
    expect(takenAfterMs <= 30_000, 'uploads are accepted again within 30 s', takenAfterMs);
    await allSettled(lab, partner, 60_000);
    const recoveryMs = Math.round(performance.now() - brokeAt);
    const done = await expectAllDone(lab, partner);
    return { recoveryMs, note: `${done}; uploads were accepted again after ${takenAfterMs} ms` };
  },
};

/** Other clients hold all connections, so that Timbre has none. A worker starts meanwhile. */
const full: Fault = {
  name: 'postgres-full',
  fault: 'Postgres out of connections for 20 s: other clients hold all of them',
  passesWhen: '503 with Retry-After, no process exits, a process started meanwhile waits, all jobs terminal afterwards',
  inShort: '5 s',
  lab: fullLab,
  longSeconds: 60,
  round: async (lab, round) => {
    const partner = await beginJob(lab);
    const others = await Others.takeAll(lab);
    try {
      await lab.ffmpeg.become('real');
      const fullUntil = performance.now() + round.pick(5_000, 20_000);
      while (performance.now() < fullUntil) {
        await refused('a request', answeredWithinMs, () => partner.http.get(partner.route()));
        await refused('an upload', answeredWithinMs, () => createVoice(partner, 'late', lab.recordings.tiny));
        await sleep(500);
      }
      expect(lab.missing.length === 0, 'no process exits', lab.missing);
      lab.worker.kill('SIGKILL');
      await lab.worker.ended;
      const starting = lab.worker.start();
      await Promise.race([starting, sleep(5_000)]);
      expect(lab.worker.pid !== undefined, 'a worker that starts meanwhile waits', lab.missing);
      await others.leave();
      const leftAt = performance.now();
      await starting;
      await allSettled(lab, partner, 60_000);
      const recoveryMs = Math.round(performance.now() - leftAt);
      return { recoveryMs, note: await expectAllDone(lab, partner) };
    } finally {
      await others.leave();
    }
  },
};

/** Other clients that hold all connections of Postgres. */
class Others {
  private readonly held: pg.Client[] = [];

  private constructor(private readonly url: string) {}

  /** Takes the free connections, then ends the sessions of all other clients and takes theirs. */
  static async takeAll(lab: Lab): Promise<Others> {
    const others = new Others(lab.databaseUrl);
    await others.takeFree();
    let quietLooks = 0; // an ended session frees its slot a little later
    await waitFor('other clients hold all connections', async () => {
      const ended = await others.held[0]?.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND application_name <> 'others'`,
      );
      const taken = await others.takeFree();
      quietLooks = ended?.rows.length === 0 && taken === 0 ? quietLooks + 1 : 0;
      return quietLooks >= 10;
    });
    return others;
  }

  async leave(): Promise<void> {
    await Promise.all(this.held.splice(0).map((client) => client.end()));
  }

  /** @returns the number of connections taken */
  private async takeFree(): Promise<number> {
    for (let taken = 0; ; taken += 1) {
      const client = new pg.Client({ connectionString: this.url, application_name: 'others' });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch {
        return taken;
      }
      this.held.push(client);
    }
  }
}

export const postgresLinkFaults: readonly Fault[] = [slow, halfOpen, full];
