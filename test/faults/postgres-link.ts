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

/** A silent link is given up after 15 s; a request may need a connection after that, which is tried for 5 s. */
const answeredWithinMs = 30_000;

/** A recording whose conversion takes some seconds is under way. */
async function beginJob(lab: Lab): Promise<TestPartner> {
  const partner = await lab.partner();
  await lab.ffmpeg.become('slow');
  await upload(lab, partner, 'voice');
  await jobIs(lab, partner, 'split', `state = 'running'`);
  return partner;
}

/** Every accepted request of a partner ended, well: each job once, whatever its voice is called. */
async function expectAllDone(lab: Lab, partner: TestPartner): Promise<string> {
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
  fault: 'Postgres slow: every answer 0.5 s late for 20 s, then 30 s late for 40 s',
  passesWhen: 'half a second late: all 2xx; later: 503 with Retry-After within 30 s; then all terminal',
  inShort: '8 s, then 17 s',
  longSeconds: 100,
  round: async (lab, round) => {
    const partner = await beginJob(lab);
    lab.postgresLink.delay(250);
    const slowUntil = performance.now() + round.pick(8_000, 20_000);
    for (let n = 0; performance.now() < slowUntil; n += 1) {
      const ask = (): ReturnType<typeof createVoice> => createVoice(partner, `slow-${n}`, lab.recordings.tiny);
      const { status } = await answered('an upload', answeredWithinMs, ask);
      expect(status === 201, 'a slow Postgres is waited for', status);
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

/** The link dies and comes back for new connections only: who never looks waits for ever. */
const halfOpen: Fault = {
  name: 'postgres-half-open',
  fault: 'Postgres half-open: the links dead in silence',
  passesWhen: '2xx again ≤ 30 s, 503 with Retry-After until then, then all terminal',
  longSeconds: 60,
  round: async (lab) => {
    const partner = await beginJob(lab);
    await sleep(Math.random() * 3_000);
    lab.postgresLink.blackHole();
    await lab.postgresLink.pass();
    const brokeAt = performance.now();
    await lab.ffmpeg.become('real');
    const takenAfterMs = await uploadInTheEnd(lab, partner, 'after', answeredWithinMs);
    expect(takenAfterMs <= 30_000, 'uploads are taken again within 30 s', takenAfterMs);
    await allSettled(lab, partner, 60_000);
    const recoveryMs = Math.round(performance.now() - brokeAt);
    const done = await expectAllDone(lab, partner);
    return { recoveryMs, note: `${done}; uploads were taken again after ${takenAfterMs} ms` };
  },
};

/** Others hold every connection, so that Timbre has none; some of it is even started then. */
const full: Fault = {
  name: 'postgres-full',
  fault: 'Postgres out of connections for 20 s: others hold all of them',
  passesWhen: '503 with Retry-After, no process ends, one started meanwhile waits, then all terminal',
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
      expect(lab.missing.length === 0, 'no process ends', lab.missing);
      lab.worker.kill('SIGKILL');
      await lab.worker.ended;
      const starting = lab.worker.start();
      await Promise.race([starting, sleep(5_000)]);
      expect(lab.worker.pid !== undefined, 'a worker that is started waits', lab.missing);
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

/** Somebody else's connections: all there are. */
class Others {
  private readonly held: pg.Client[] = [];

  private constructor(private readonly url: string) {}

  /** Takes what is free, and then what everybody else had. */
  static async takeAll(lab: Lab): Promise<Others> {
    const others = new Others(lab.databaseUrl);
    await others.takeFree();
    let quietLooks = 0; // an ended session gives its place back a little later
    await waitFor('all connections are of others', async () => {
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

  /** @returns how many there were */
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
