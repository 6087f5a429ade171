import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from '../support/http.js';
import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';
import { numbered, uploadMany } from './uploads.js';

interface Started {
  readonly id: string | null;
  readonly voices: number;
}

interface Finished {
  readonly state: string;
  readonly counts: Readonly<Record<'waiting' | 'running' | 'done' | 'failed' | 'skipped', number>>;
}

/** A new version of the engine, whose jobs take long enough to be interrupted. */
const upgraded = (stageDelayMs: number) =>
  [
    { kind: 'engine_version', version: '2' },
    { kind: 'slow', stageDelayMs },
  ] as const;

/** The processes that are killed in turn. The others go on meanwhile. */
const victims = ['worker', 'api', 'other worker', 'redis', 'postgres'] as const;

async function kill(lab: Lab, victim: (typeof victims)[number] | undefined): Promise<void> {
  const [worker, otherWorker] = lab.workers;
  const process = { worker, api: lab.api, 'other worker': otherWorker, redis: lab.valkey, postgres: lab.postgres }[
    victim ?? 'worker'
  ];
  if (process === undefined) throw new Error('The lab has one worker');
  process.kill('SIGKILL');
  await process.ended;
  await process.start();
}

/** Waits until a recompute meets an SQL condition. Postgres may be restarting meanwhile. */
async function untilRecompute(lab: Lab, id: string, condition: string, timeoutMs: number): Promise<void> {
  const holds = (): Promise<boolean> =>
    lab.sql(`SELECT 1 FROM recomputes WHERE id = $1 AND ${condition}`, [id]).then(
      (rows) => rows.length > 0,
      () => false,
    );
  await waitFor(`a recompute with ${condition}`, holds, { timeoutMs, everyMs: 20 });
}

const someAtWork = 'EXISTS (SELECT FROM recompute_voices WHERE recompute_id = id AND job_id IS NOT NULL)';

/** Expects that each voice of a partner has one run of each engine, and had one GPU job for each. */
async function expectOneNewRunEach(lab: Lab, partner: TestPartner, names: readonly string[]): Promise<void> {
  const runs = await lab.sql<{ name: string; versions: string }>(
    `SELECT v.name, string_agg(r.engine->>'version', ' ' ORDER BY r.created_at) AS versions
     FROM voices v JOIN partners p ON p.id = v.partner_id JOIN embedding_runs r ON r.voice_id = v.id
     WHERE p.name = $1 GROUP BY v.name`,
    [partner.name],
  );
  const wrong = runs.filter(({ versions }) => versions !== '1 2');
  expect(runs.length === names.length && wrong.length === 0, 'every voice has one new run', wrong);
  const paid = new Map<string | null, number>();
  for (const { voice } of await lab.emulator.jobs({ partner: partner.name })) {
    paid.set(voice, (paid.get(voice) ?? 0) + 1);
  }
  const twice = [...paid].filter(([, jobs]) => jobs !== 2);
  expect(paid.size === names.length && twice.length === 0, 'every voice had one GPU job for each run', twice);
}

const kills: Fault = {
  name: 'recompute-kills',
  fault: '500 voices are embedded again, with 20 × kill -9 of workers, API, Redis and Postgres',
  passesWhen: 'each voice has one new run, no run is paid twice, 0 leftover files after collection',
  inShort: '12 voices, 2 × kill -9',
  lab: { workers: 2, env: { RECOMPUTE_AT_A_TIME: '4' } },
  longSeconds: 400,
  round: async (lab, round) => {
    const partner = await lab.partner();
    const names = numbered(round.pick(12, 500));
    await uploadMany(lab, partner, names);
    const patienceMs = round.pick(60_000, 900_000);
    await allSettled(lab, partner, patienceMs);
    await lab.emulator.befall({ partner: partner.name }, ...upgraded(round.pick(400, 100)));
    const admin = new HttpClient(lab.baseUrl, lab.adminKey);
    const scope = { tts_type: 'kyutai', partner: partner.name, engine_older_than: { version: '2' } };
    const counted = await admin.post<Started>('/admin/recompute', { ...scope, dry_run: true });
    expect(counted.body.voices === names.length, 'a dry run counts the voices', counted);
    const { id } = (await admin.post<Started>('/admin/recompute', scope)).body;
    expect(id !== null, 'the recompute was started');
    const times = round.pick(2, 20);
    for (let time = 0; time < times; time++) {
      const ended = Math.floor((names.length * time) / times);
      await untilRecompute(lab, id, `done >= ${ended} AND ${someAtWork}`, patienceMs);
      await sleep(Math.random() * 300);
      await kill(lab, victims[time % victims.length]);
    }
    const killedAt = performance.now();
    await untilRecompute(lab, id, 'finished_at IS NOT NULL', patienceMs);
    const recoveryMs = Math.round(performance.now() - killedAt);
    const answer = await admin.get<Finished>(`/admin/recompute/${id}`);
    expect(answer.body.counts.done === names.length, 'every voice was embedded again', answer.body);
    await expectOneNewRunEach(lab, partner, names);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

export const recomputeFaults: readonly Fault[] = [kills];
