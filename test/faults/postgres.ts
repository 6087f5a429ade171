import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { allSettled, expectOnce, expectWhole } from './checks.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import { reference } from './reference.js';
import { upload } from './uploads.js';
import type { Lab } from './lab.js';
import { numbered, uploadMany } from './uploads.js';

const restarted: Fault = {
  name: 'postgres-restart',
  fault: 'Postgres restarted during a job',
  passesWhen: 'no crash loop, all jobs terminal',
  round: async (lab) => {
    const wanted = await reference(lab);
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await upload(lab, partner, 'voice');
    await jobIs(lab, partner, 'split', `state = 'running'`);
    await sleep(Math.random() * 4_000);
    await lab.postgres.stop();
    await lab.postgres.start();
    const recoveryMs = await allSettled(lab, partner, 40_000);
    await expectWhole(partner, 'voice', wanted);
    await expectOnce(lab, partner, 'voice');
    return { recoveryMs };
  },
};

/** Expects 503 with Retry-After, and that the API is not ready, while Postgres is down. */
async function expectPoliteRefusal(lab: Lab, partner: TestPartner): Promise<void> {
  const ready = await fetch(`${lab.baseUrl}/health/ready`);
  await ready.body?.cancel();
  expect(ready.status === 503, 'the API is not ready', ready.status);
  const answers = [await partner.http.get(partner.route()), await createVoice(partner, 'late', lab.recordings.tiny)];
  for (const { status, headers } of answers) {
    expect(status === 503 && Number(headers.get('retry-after')) >= 1, 'requests get 503 and Retry-After', status);
  }
}

const out: Fault = {
  name: 'postgres-out',
  fault: 'Postgres down for 20 s',
  passesWhen: '503 with Retry-After, no crash loop, all jobs terminal afterwards',
  inShort: '8 s',
  round: async (lab, round) => {
    const partner = await lab.partner();
    const names = numbered(round.pick(6, 20));
    await uploadMany(lab, partner, names);
    await lab.postgres.stop();
    const outUntil = performance.now() + round.pick(8_000, 20_000);
    while (performance.now() < outUntil) {
      await expectPoliteRefusal(lab, partner);
      await sleep(500);
    }
    await lab.postgres.start();
    const recoveryMs = await allSettled(lab, partner, 60_000);
    for (const name of names) await expectOnce(lab, partner, name);
    return { recoveryMs };
  },
};

/** Starts both while Postgres is down, as after a power cut. */
const atBoot: Fault = {
  name: 'postgres-boot',
  fault: 'API and worker started while Postgres is down',
  passesWhen: 'both wait instead of exiting, all jobs terminal afterwards',
  round: async (lab, round) => {
    const partner = await lab.partner();
    lab.worker.kill('SIGKILL');
    await lab.worker.ended;
    await uploadMany(lab, partner, ['voice']);
    await lab.api.stop();
    await lab.postgres.stop();
    const starting = Promise.all([lab.api.start(), lab.worker.start()]);
    await Promise.race([starting, sleep(round.pick(4_000, 20_000))]);
    expect(lab.api.pid !== undefined && lab.worker.pid !== undefined, 'both wait for Postgres', lab.missing);
    await lab.postgres.start();
    const backAt = performance.now();
    await starting;
    await allSettled(lab, partner, 60_000);
    await expectOnce(lab, partner, 'voice');
    return { recoveryMs: Math.round(performance.now() - backAt) };
  },
};

export const postgresFaults: readonly Fault[] = [restarted, out, atBoot];
