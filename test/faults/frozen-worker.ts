import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { entry, type ManagedProcess } from '#libs/local-services';
import { processesNaming } from '../support/running-processes.js';
import type { TestPartner } from '../support/shared-stack.js';
import { details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { blockFile } from './block-on-signal.js';
import { allSettled, expectNoOrphans, expectOnce, expectWhole } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault, type Outcome } from './fault.js';
import { jobIs } from './job-state.js';
import { reference } from './reference.js';
import { upload } from './uploads.js';
import type { Lab, LabOptions } from './lab.js';

/** Two workers with event loops that can be blocked, so that one can take over from the other. */
const twoWorkers: LabOptions = {
  workers: 2,
  workerEnv: { NODE_OPTIONS: `--import=${pathToFileURL(entry('test/faults/block-on-signal')).href}` },
};

const passesWhen = 'one result is applied, the late writer changes nothing';

/** Waits for a running ffmpeg and returns the worker that started it. */
async function ownerOfFfmpeg(lab: Lab): Promise<ManagedProcess> {
  return waitFor('a worker converts', async () => {
    const parents = (await processesNaming(lab.scratch)).map(parentOf);
    return lab.workers.find((worker) => worker.pid !== undefined && parents.includes(worker.pid));
  });
}

/** Returns the parent of a process (proc_pid_stat(5), field 4), 0 if it is gone. */
function parentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Freezes the owner past its lease. The other worker must finish, and the owner must change nothing when it wakes. */
async function takenOver(
  lab: Lab,
  partner: TestPartner,
  freeze: (owner: ManagedProcess) => Promise<void>,
  wake: (owner: ManagedProcess) => void,
): Promise<Outcome> {
  const wanted = await reference(lab);
  await lab.ffmpeg.become('slow');
  await upload(lab, partner, 'voice');
  await jobIs(lab, partner, 'split', `state = 'running'`);
  const owner = await ownerOfFfmpeg(lab);
  await sleep(1_500);
  await lab.ffmpeg.become('real');
  const said = lab.log.lines.length;
  const frozen = freeze(owner);
  const recoveryMs = await allSettled(lab, partner, 60_000);
  await expectWhole(partner, 'voice', wanted);
  const before = await details(partner, 'voice');
  await frozen;
  wake(owner);
  // It may notice first that its connections are dead. Then it leaves the job to the lease, which another worker holds
  // by now.
  const givesUp = (line: string): boolean => /claim lost|job left to its lease/.test(line);
  const wokeUp = (): boolean =>
    lab.log.lines.slice(said).some((line) => line.startsWith(`${owner.name} |`) && givesUp(line));
  await waitFor('the late writer gives up', wokeUp, { timeoutMs: 30_000 });
  expect(withoutUrl(await details(partner, 'voice')) === withoutUrl(before), 'the late writer changes nothing', before);
  await expectWhole(partner, 'voice', wanted);
  await expectOnce(lab, partner, 'voice');
  await expectNoOrphans(lab);
  await expectNothingLeft(lab);
  return { recoveryMs };
}

/** Removes the URL, which is different in each response. */
const withoutUrl = (shown: object): string => JSON.stringify({ ...shown, embedding_zip_url: null });

const stopped: Fault = {
  name: 'worker-stopped',
  fault: 'SIGSTOP of a worker for 2 min',
  passesWhen,
  inShort: '16 s',
  lab: twoWorkers,
  longSeconds: 140,
  round: async (lab, round) =>
    takenOver(
      lab,
      await lab.partner(),
      async (owner) => {
        owner.kill('SIGSTOP');
        await sleep(round.pick(16_000, 120_000));
      },
      (owner) => owner.kill('SIGCONT'),
    ),
};

const blocked: Fault = {
  name: 'worker-blocked',
  fault: 'event loop of a worker blocked for 75 s',
  passesWhen,
  inShort: '16 s',
  lab: twoWorkers,
  longSeconds: 100,
  round: async (lab, round) =>
    takenOver(
      lab,
      await lab.partner(),
      async (owner) => {
        const blockMs = round.pick(16_000, 75_000);
        const pid = owner.pid ?? 0;
        await writeFile(blockFile(pid), String(blockMs));
        process.kill(pid, 'SIGUSR2');
        await sleep(blockMs - 500);
      },
      () => undefined,
    ),
};

/** No other worker takes over, and when the worker wakes, all its timeouts have passed. */
const stoppedAlone: Fault = {
  name: 'worker-stopped-alone',
  fault: 'SIGSTOP of the only worker for 2 min',
  passesWhen: 'it resumes the job and completes it',
  inShort: '40 s',
  longSeconds: 140,
  round: async (lab, round) => {
    const wanted = await reference(lab);
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await upload(lab, partner, 'voice');
    await ownerOfFfmpeg(lab);
    await sleep(1_000);
    lab.worker.kill('SIGSTOP');
    await sleep(round.pick(40_000, 120_000));
    await lab.ffmpeg.become('real');
    lab.worker.kill('SIGCONT');
    const recoveryMs = await allSettled(lab, partner, 30_000);
    await expectWhole(partner, 'voice', wanted);
    await expectOnce(lab, partner, 'voice');
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

export const frozenWorkerFaults: readonly Fault[] = [stopped, blocked, stoppedAlone];
