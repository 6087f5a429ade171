import { randomBytes } from 'node:crypto';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice, details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { malformations } from '../../apps/runpod-emulator/src/behaviours/malformation.js';
import { allSettled } from './checks.js';
import type { Behaviour } from './emulator-control.js';
import { expect, type Fault, type Outcome } from './fault.js';
import { jobIs } from './job-state.js';
import type { Lab, LabOptions } from './lab.js';

const gpuLab: LabOptions = { apart: 'these rows open the circuit breaker, which would delay other rows' };

/** One voice and the faults of its GPU job. */
interface Case {
  readonly voice: string;
  readonly behaviours: readonly (Behaviour & { readonly times?: number })[];
  readonly ends: 'completed' | 'failed';
  /** Upper limit of POST /run requests. 2 only if the outcome of the first is unknown, or its job was lost. */
  readonly submissions: 1 | 2;
}

/** Runs all cases at the same time and compares the results. */
async function befallAll(lab: Lab, cases: readonly Case[], timeoutMs: number): Promise<Outcome> {
  const partner = await lab.partner();
  for (const { voice, behaviours } of cases) {
    await lab.emulator.befall({ partner: partner.name, voice }, ...behaviours, { kind: 'instant', afterMs: 200 });
    const created = await createVoice(partner, voice, lab.recordings.tiny);
    expect(created.status === 201, `${voice} was accepted`, created);
  }
  const recoveryMs = await allSettled(lab, partner, timeoutMs);
  for (const one of cases) await expectEnd(lab, partner, one);
  return { recoveryMs };
}

async function expectEnd(lab: Lab, partner: TestPartner, { voice, ends, submissions }: Case): Promise<void> {
  const { status, errors, embedding_zip_url: url } = await details(partner, voice);
  expect(status.embedding === ends, `${voice}: embedding ${ends}`, { status, errors });
  expect(
    (errors.embedding === null) === (ends === 'completed'),
    `${voice}: an error message only for a failure`,
    errors,
  );
  expect((url === null) === (ends === 'failed'), `${voice}: a zip only after a success`, url);
  const rows = await lab.sql<{ submissions: number }>(
    `SELECT submissions FROM jobs JOIN voices ON voices.id = voice_id JOIN partners p ON p.id = jobs.partner_id
     WHERE kind = 'embed' AND p.name = $1 AND voices.name = $2`,
    [partner.name, voice],
  );
  const sent = rows.map((row) => row.submissions);
  expect(sent.length === 1 && (sent[0] ?? 9) <= submissions, `${voice}: at most ${submissions} submissions`, sent);
  const accepted = await lab.emulator.jobs({ partner: partner.name, voice });
  expect(accepted.length <= submissions, `${voice}: at most ${submissions} GPU jobs`, accepted);
}

const answers: Fault = {
  name: 'gpu-answers',
  fault:
    'RunPod: response lost after accept, 500 after accept, 404 early, late and for good, FAILED, TIMED_OUT, run twice',
  passesWhen: 'every embedding terminal, ≤ 2 submissions, > 1 only for unknown outcomes and lost jobs',
  lab: gpuLab,
  round: (lab) =>
    befallAll(
      lab,
      [
        ['dropped-accepted', [{ kind: 'drop', on: 'run', accepts: true, times: 1 }], 'completed', 1],
        ['dropped-refused', [{ kind: 'drop', on: 'run', accepts: false, times: 1 }], 'completed', 2],
        ['error-accepted', [{ kind: 'answer', on: 'run', status: 500, accepts: true, times: 1 }], 'completed', 1],
        ['dropped-unheard', [lost('run'), skipped], 'completed', 1],
        ['gone-early', [forgotten], 'completed', 1],
        ['gone-late', [{ kind: 'expire', from: 'end', afterMs: 0 }, skipped], 'completed', 1],
        [
          'lost',
          [
            { kind: 'hold', times: 1 },
            { ...forgotten, times: 1 },
          ],
          'completed',
          2,
        ],
        ['failed', [{ kind: 'fail', error: 'CUDA out of memory' }], 'failed', 1],
        ['timed-out', [{ kind: 'time_out' }], 'failed', 1],
        ['run-twice', [{ kind: 'run_twice', again: 'before' }], 'completed', 1],
        ['run-again-later', [{ kind: 'run_twice', again: 'after' }], 'completed', 1],
      ].map(asCase),
      60_000,
    ),
};

const forgotten = { kind: 'expire', from: 'submission', afterMs: 0 } as const;
const skipped = { kind: 'webhook', mode: 'skip', delayMs: 0 } as const;
const lost = (on: 'run'): Case['behaviours'][number] => ({ kind: 'drop', on, accepts: true, times: 1 });

function asCase(row: unknown): Case {
  const [voice, behaviours, ends, submissions] = row as [string, Case['behaviours'], Case['ends'], 1 | 2];
  return { voice, behaviours, ends, submissions };
}

const storms: Fault = {
  name: 'gpu-storms',
  fault: 'RunPod: 429 or 5xx for many requests in a row',
  passesWhen: 'every embedding terminal, ≤ 2 submissions',
  lab: gpuLab,
  round: (lab, round) => {
    const often = round.pick(2, 6);
    const storm = (on: 'run' | 'status', status: number, times: number): Case['behaviours'][number] => ({
      kind: 'answer',
      on,
      status,
      accepts: false,
      times,
    });
    const voices = Array.from({ length: round.pick(3, 10) }, (_, at) => at);
    const cases = voices.flatMap((at): Case[] => [
      { voice: `run-429-${at}`, behaviours: [storm('run', 429, often)], ends: 'completed', submissions: 1 },
      {
        voice: `status-429-${at}`,
        behaviours: [storm('status', 429, often), skipped],
        ends: 'completed',
        submissions: 1,
      },
      {
        voice: `status-503-${at}`,
        behaviours: [storm('status', 503, often), skipped],
        ends: 'completed',
        submissions: 1,
      },
      { voice: `run-500-${at}`, behaviours: [storm('run', 500, 1)], ends: 'completed', submissions: 2 },
    ]);
    return befallAll(lab, cases, 180_000);
  },
};

const outputs: Fault = {
  name: 'gpu-outputs',
  fault: 'RunPod: output malformed, of another job, too large, or naming missing objects',
  passesWhen: 'every embedding fails with an error message, 1 submission',
  lab: gpuLab,
  round: (lab) =>
    befallAll(
      lab,
      malformations.map((variant) => ({
        voice: variant,
        behaviours: [{ kind: 'malformed', variant }],
        ends: 'failed',
        submissions: 1,
      })),
      60_000,
    ),
};

const webhooks: Fault = {
  name: 'gpu-webhooks',
  fault: 'RunPod: webhook duplicated, lost or forged',
  passesWhen: 'every embedding terminal; forged webhooks change nothing',
  lab: gpuLab,
  round: async (lab) => {
    await expectForgedIgnored(lab);
    return befallAll(
      lab,
      [
        ['webhook-doubled', [{ kind: 'webhook', mode: 'double', delayMs: 0 }], 'completed', 1],
        ['webhook-lost', [skipped], 'completed', 1],
        ['webhook-late', [{ kind: 'webhook', mode: 'once', delayMs: 5_000 }], 'completed', 1],
      ].map(asCase),
      60_000,
    );
  },
};

/** Sends webhooks with a guessed token, and webhooks with false contents to the right URL. */
async function expectForgedIgnored(lab: Lab): Promise<void> {
  const partner = await lab.partner();
  const whose = { partner: partner.name, voice: 'forged' };
  await lab.emulator.befall(whose, { kind: 'hold' }, { kind: 'instant', afterMs: 0 });
  await createVoice(partner, 'forged', lab.recordings.tiny);
  await jobIs(lab, partner, 'embed', `state = 'waiting' AND runpod_job_id IS NOT NULL`);
  const state = (): Promise<unknown[]> =>
    lab.sql(
      `SELECT state, stage, generation, submissions, runpod_job_id, hook_token, submitted_generation FROM jobs
       JOIN partners p ON p.id = jobs.partner_id WHERE p.name = $1 AND kind = 'embed'`,
      [partner.name],
    );
  const before = await state();
  const { hook_token: token, submitted_generation: generation } = before[0] as Record<string, string>;
  const tell = async (part: string, id: string): Promise<number> => {
    const body = JSON.stringify({ id, status: 'COMPLETED', output: { version: 1 } });
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch(`${lab.baseUrl}/hooks/runpod/${part}`, { method: 'POST', body, headers })).status;
  };
  const known = `${token}.${generation}`;
  const guess = `${randomBytes(32).toString('base64url')}.${generation}`;
  expect((await tell(guess, 'x')) === 404, 'a guessed token matches no job');
  const statuses = [await tell(known, 'not-the-job'), await tell(`${token}.999`, 'not-the-job')];
  expect(
    statuses.every((status) => status < 500),
    'a forged webhook causes no server error',
    statuses,
  );
  const after = await waitFor('the job can be read', state);
  expect(JSON.stringify(after) === JSON.stringify(before), 'forged webhooks change nothing', { before, after });
  await lab.emulator.relieve(whose);
  await allSettled(lab, partner, 30_000);
  expect((await details(partner, 'forged')).status.embedding === 'completed', 'the true result is accepted');
}

export const gpuFaults: readonly Fault[] = [answers, storms, webhooks, outputs];
