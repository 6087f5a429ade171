import { setTimeout as sleep } from 'node:timers/promises';
import { processesNaming } from '../support/running-processes.js';
import type { TestPartner } from '../support/shared-stack.js';
import { settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectNoOrphans, expectOnce, expectWhole, sampleSet } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault, type Outcome } from './fault.js';
import { jobIs } from './job-state.js';
import type { Lab } from './lab.js';
import type { Recordings } from './recordings.js';
import { reference } from './reference.js';
import { upload } from './uploads.js';

/** Upper limit of the time from the worker's restart until no voice is in progress. */
const recoverWithinMs = 30_000;

interface Expected {
  /** The recording of `voice`, default the minute of speech. */
  readonly recording?: keyof Recordings;
  /** Upper limit of GPU jobs, default 1. */
  readonly submissions?: number;
}

/** Restarts the worker and checks that the voice completes. */
async function recovered(lab: Lab, partner: TestPartner, expected: Expected = {}): Promise<Outcome> {
  const wanted = await reference(lab, expected.recording);
  await lab.worker.start();
  const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
  await expectWhole(partner, 'voice', wanted);
  await expectOnce(lab, partner, 'voice', expected.submissions);
  await expectNoOrphans(lab);
  await expectNothingLeft(lab);
  return { recoveryMs };
}

export async function killWorker(lab: Lab): Promise<void> {
  lab.worker.kill('SIGKILL');
  await lab.worker.ended;
}

const passesWhen =
  'terminal ≤ 30 s after a worker is back, exact samples, 0 orphan processes, 0 leftover files after collection';

const duringConvert: Fault = {
  name: 'kill-worker-convert',
  fault: 'kill -9 worker during convert',
  passesWhen,
  round: async (lab) => {
    await reference(lab);
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await upload(lab, partner, 'voice');
    await jobIs(lab, partner, 'split', `state = 'running'`);
    await waitFor('ffmpeg runs', async () => (await processesNaming(lab.scratch)).length > 0);
    await sleep(Math.random() * 3_000);
    await killWorker(lab);
    await lab.ffmpeg.become('real');
    await expectNoOrphans(lab);
    return recovered(lab, partner);
  },
};

const duringSplit: Fault = {
  name: 'kill-worker-split',
  fault: 'kill -9 worker during split (cutting a stored original)',
  passesWhen,
  round: async (lab) => {
    const partner = await lab.partner();
    await upload(lab, partner, 'voice', lab.recordings.long);
    await settled(partner, 'voice');
    const split = async (): Promise<void> => {
      const answer = await partner.http.post(`${partner.route('voice')}/split`, {
        max_samples: 100,
        sample_duration: 5,
      });
      expect(answer.status === 202, 'the split was accepted', answer);
    };
    await split();
    await settled(partner, 'voice');
    const wanted = await sampleSet(partner, 'voice');
    await split();
    await jobIs(lab, partner, 'split', `state = 'running'`);
    await killWorker(lab);
    await lab.worker.start();
    const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
    const made = await sampleSet(partner, 'voice');
    expect(JSON.stringify(made) === JSON.stringify(wanted), 'exactly the samples of a split without a fault');
    const [job] = await lab.sql<{ generation: number }>(
      `SELECT generation FROM jobs WHERE kind = 'split' ORDER BY created_at DESC LIMIT 1`,
    );
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return { recoveryMs, ...(job?.generation === 1 ? { note: 'the split had ended before the kill' } : {}) };
  },
};

/** In odd rounds POST /run never arrives. In even rounds it arrives, and its answer is lost. */
const duringSubmit: Fault = {
  name: 'kill-worker-submit',
  fault: 'kill -9 worker during submit',
  passesWhen: `${passesWhen}, ≤ 2 submissions`,
  round: async (lab, round) => {
    await reference(lab);
    const partner = await lab.partner();
    const arrives = round.number % 2 === 0;
    if (arrives) lab.gpu.keepAnswers();
    else lab.gpu.blackHole();
    await upload(lab, partner, 'voice');
    await jobIs(lab, partner, 'embed', `state = 'running' AND submitted_at IS NOT NULL`);
    const accepted = (): ReturnType<Lab['emulator']['jobs']> => lab.emulator.jobs({ partner: partner.name });
    if (arrives) await waitFor('the GPU job', async () => (await accepted()).length > 0);
    await killWorker(lab);
    await lab.gpu.cut();
    await lab.gpu.pass();
    return recovered(lab, partner, { submissions: arrives ? 1 : 2 });
  },
};

const duringPoll: Fault = {
  name: 'kill-worker-poll',
  fault: 'kill -9 worker during poll',
  passesWhen,
  round: async (lab) => {
    await reference(lab);
    const partner = await lab.partner();
    const whose = { partner: partner.name, voice: 'voice' };
    await lab.emulator.befall(whose, { kind: 'hold' });
    await upload(lab, partner, 'voice');
    await jobIs(lab, partner, 'embed', `state = 'waiting'`);
    lab.gpu.keepAnswers();
    await jobIs(lab, partner, 'embed', `state = 'waiting' AND polls > 0`);
    await killWorker(lab);
    await lab.gpu.cut();
    await lab.gpu.pass();
    await lab.emulator.relieve(whose);
    return recovered(lab, partner);
  },
};

/** Kills during the commit of the samples, of the original and of the embedding, in turn. */
const duringCommit: Fault = {
  name: 'kill-worker-commit',
  fault: 'kill -9 worker during commit',
  passesWhen,
  round: async (lab, round) => {
    const partner = await lab.partner();
    const commits = [
      ['split', `stage = 'samples' AND state = 'running'`, 'minute'],
      ['split', `stage = 'original' AND state = 'running'`, 'long'], // its samples are committed before it ends
      ['embed', `state = 'waiting'`, 'minute'],
    ] as const;
    const [kind, condition, recording] = commits[round.number % commits.length] ?? commits[0];
    await reference(lab, recording);
    if (kind === 'embed') await lab.emulator.befall({ partner: partner.name }, { kind: 'instant', afterMs: 1_000 });
    else if (recording === 'minute') await lab.ffmpeg.become('slow');
    await upload(lab, partner, 'voice', lab.recordings[recording]);
    await jobIs(lab, partner, kind, condition);
    await killAtCommit(lab, partner);
    await lab.ffmpeg.become('real');
    return recovered(lab, partner, { recording });
  },
};

/** Kills the worker as soon as it commits. Holds its commit until then. */
export async function killAtCommit(lab: Lab, partner: TestPartner): Promise<void> {
  await whileVoiceIsLocked(lab, partner, async () => {
    await waitFor('the worker waits for the lock of its commit', () => workerWaits(lab), { timeoutMs: 20_000 });
    await killWorker(lab);
  });
}

/** Holds a lock on the row that every commit locks first. */
async function whileVoiceIsLocked(lab: Lab, partner: TestPartner, work: () => Promise<void>): Promise<void> {
  const connection = await lab.connect();
  try {
    await connection.query('BEGIN');
    await connection.query(
      `SELECT 1 FROM voices WHERE partner_id = (SELECT id FROM partners WHERE name = $1) FOR UPDATE`,
      [partner.name],
    );
    await work();
  } finally {
    await connection.query('ROLLBACK');
    connection.release();
  }
}

async function workerWaits(lab: Lab): Promise<boolean> {
  const waiting = await lab.sql(
    `SELECT 1 FROM pg_stat_activity WHERE application_name = 'timbre-worker' AND wait_event_type = 'Lock'`,
  );
  return waiting.length > 0;
}

/** Kills the worker in each of five runs of the same job, before the job can finish. */
const fiveTimes: Fault = {
  name: 'kill-worker-five-times',
  fault: 'worker killed five times during the same job',
  passesWhen: 'the job completes',
  round: async (lab) => {
    const wanted = await reference(lab);
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await upload(lab, partner, 'voice');
    for (let kills = 0; kills < 5; kills += 1) {
      await jobIs(lab, partner, 'split', `state = 'running' AND leased_until > now() AND generation > ${kills}`);
      if (kills === 4) await lab.ffmpeg.become('real');
      await killWorker(lab);
      await lab.worker.start();
    }
    const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
    await expectWhole(partner, 'voice', wanted);
    await expectOnce(lab, partner, 'voice');
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

export const killWorkerFaults: readonly Fault[] = [
  duringConvert,
  duringSplit,
  duringSubmit,
  duringPoll,
  duringCommit,
  fiveTimes,
];
