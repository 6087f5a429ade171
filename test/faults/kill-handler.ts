import { HttpClient } from '../support/http.js';
import type { TestPartner } from '../support/shared-stack.js';
import { details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectOnce } from './checks.js';
import { expectNothingLeft } from './collection.js';
import type { JobRecord } from './emulator-control.js';
import { expect, type Fault } from './fault.js';
import { handlerStages } from './handler-stages.js';
import type { Lab, LabOptions } from './lab.js';
import { upload, uploadMany } from './uploads.js';

/** Upper limit of the time until all embeddings have ended. */
const recoverWithinMs = 60_000;

const handlerLab: LabOptions = { handlers: true };

const jobsOf = async (lab: Lab, partner: TestPartner, voice: string): Promise<readonly JobRecord[]> =>
  lab.emulator.jobs({ partner: partner.name, voice });

async function expectCompleted(lab: Lab, partner: TestPartner, voice: string): Promise<void> {
  const { status, errors } = await details(partner, voice);
  expect(status.embedding === 'completed' && errors.embedding === null, `${voice} completed`, { status, errors });
  await expectOnce(lab, partner, voice);
}

/** Five handlers wait in the five stages and are killed there. A sixth does all their work. */
const inEachStage: Fault = {
  name: 'kill-handler-stages',
  fault: `kill -9 of the GPU handler while it is ${handlerStages.join(', ')}`,
  passesWhen: 'every embedding completes, 1 submission, each job runs twice, 0 leftover files after collection',
  lab: handlerLab,
  round: async (lab) => {
    const partner = await lab.partner();
    const voices = handlerStages.map((stage) => `voice ${stage}`);
    await Promise.all([
      uploadMany(lab, partner, voices),
      ...handlerStages.map(async (stage) => (await lab.handlers.start(stage)).says(`stalled while ${stage}`)),
    ]);
    await lab.handlers.killAll();
    await lab.handlers.start();
    const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
    for (const voice of voices) {
      await expectCompleted(lab, partner, voice);
      const runs = (await jobsOf(lab, partner, voice)).map(({ deaths, handlerRuns }) => [deaths, handlerRuns]);
      expect(JSON.stringify(runs) === '[[1,2]]', `the job of ${voice} was given back once`, runs);
    }
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

/** One handler ends its work while the emulator is down, another is killed with it. */
const withEmulator: Fault = {
  name: 'kill-handler-emulator',
  fault: 'kill -9 of the emulator, which forgets all jobs, while handlers work',
  passesWhen: 'a finished handler’s embedding completes; that of a killed handler completes or fails with a sentence',
  lab: handlerLab,
  round: async (lab) => {
    const partner = await lab.partner();
    const survivor = await lab.handlers.start('uploading');
    await upload(lab, partner, 'finished', lab.recordings.tiny);
    await survivor.says('stalled');
    const victim = await lab.handlers.start('testing');
    await upload(lab, partner, 'killed', lab.recordings.tiny);
    await victim.says('stalled');
    lab.emulatorProcess.kill('SIGKILL');
    await Promise.all([lab.emulatorProcess.ended, victim.kill()]);
    survivor.release();
    await survivor.says('uploaded');
    await lab.emulatorProcess.start();
    const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
    const { status, errors } = await details(partner, 'finished');
    expect(status.embedding === 'completed', 'the finished embedding completed', { status, errors });
    const killed = await details(partner, 'killed');
    const isHonest = killed.status.embedding === 'completed' || (killed.errors.embedding ?? '') !== '';
    expect(isHonest, 'the other one completed or says why not', killed);
    await expectNothingLeft(lab);
    return { recoveryMs, note: `the embedding of the killed handler ${killed.status.embedding}` };
  },
};

async function expectSameRun(lab: Lab, partner: TestPartner, voice: string): Promise<void> {
  await expectCompleted(lab, partner, voice);
  const runs = (await jobsOf(lab, partner, voice)).map(({ handlerRuns }) => handlerRuns);
  expect(runs.join() === '1', 'the handler ran once', runs);
}

/** Objects are in a folder, so the handler uploads to the API. */
const withApi: Fault = {
  name: 'kill-handler-api',
  fault: 'kill -9 of the API while a handler uploads to it',
  passesWhen: 'the embedding completes in the same run',
  lab: handlerLab,
  round: async (lab) => {
    const partner = await lab.partner();
    const handler = await lab.handlers.start('testing');
    await upload(lab, partner, 'voice', lab.recordings.tiny);
    await handler.says('stalled');
    lab.api.kill('SIGKILL');
    await lab.api.ended;
    handler.release();
    await lab.api.start();
    const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
    await expectSameRun(lab, partner, 'voice');
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

const withWorker: Fault = {
  name: 'kill-handler-worker',
  fault: 'kill -9 of the worker while a handler works',
  passesWhen: 'the embedding completes in the same run after a worker is back',
  lab: handlerLab,
  round: async (lab) => {
    const partner = await lab.partner();
    const handler = await lab.handlers.start('scoring');
    await upload(lab, partner, 'voice', lab.recordings.tiny);
    await handler.says('stalled');
    lab.worker.kill('SIGKILL');
    await lab.worker.ended;
    handler.release();
    await handler.says('uploaded');
    await lab.worker.start();
    const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
    await expectSameRun(lab, partner, 'voice');
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

/** A handler works on one voice of the partner, and another one waits for it. */
const cancelled: Fault = {
  name: 'kill-handler-cancel',
  fault: 'a partner erased while a handler works for it and another of its jobs waits',
  passesWhen: 'the handler stops, finishes neither job, and completes the next one; 0 leftover files after collection',
  lab: handlerLab,
  round: async (lab) => {
    const [erased, other] = [await lab.partner(), await lab.partner()];
    const handler = await lab.handlers.start('testing');
    await upload(lab, erased, 'running', lab.recordings.tiny);
    await handler.says('stalled');
    await upload(lab, erased, 'waiting', lab.recordings.tiny);
    await waitFor('the second job waits', async () => (await jobsOf(lab, erased, 'waiting')).length === 1);
    const admin = new HttpClient(lab.baseUrl, lab.adminKey);
    const answer = await admin.delete(`/admin/partners/${erased.name}`);
    expect(answer.status === 204, 'the partner was erased', answer);
    const erasedAt = performance.now();
    await handler.says('stopped');
    const recoveryMs = Math.round(performance.now() - erasedAt);
    await upload(lab, other, 'next', lab.recordings.tiny);
    await allSettled(lab, other, recoverWithinMs);
    await expectCompleted(lab, other, 'next');
    const jobs = [...(await jobsOf(lab, erased, 'running')), ...(await jobsOf(lab, erased, 'waiting'))];
    const ends = jobs.map(({ status, handlerRuns }) => `${status} ${handlerRuns}`).join();
    // The first cancel frees the handler, which may take the second job before the second cancel arrives. It then fails if it
    // finds no samples any more.
    expect(/^CANCELLED 1,(CANCELLED [01]|FAILED 1)$/.test(ends), 'both jobs ended, and neither ran again', ends);
    const finished = lab.log.lines.filter((line) => jobs.some(({ id }) => line.endsWith(`uploaded ${id}`)));
    expect(finished.length === 0, 'no handler finished a cancelled job', finished);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

export const killHandlerFaults: readonly Fault[] = [inEachStage, withEmulator, withApi, withWorker, cancelled];
