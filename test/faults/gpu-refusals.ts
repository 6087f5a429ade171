import { createVoice, details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectOnce } from './checks.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';

const statuses = [401, 402, 403] as const;

interface WaitingJob {
  readonly state: string;
  readonly error: string | null;
}

const refusals: Fault = {
  name: 'gpu-refuses',
  fault: 'RunPod refuses the key (401, 403) and asks for payment (402)',
  passesWhen:
    'every embedding waits and its job states the reason; completed ≤ 70 s after RunPod accepts again, 1 submission',
  lab: { apart: 'submissions to the endpoint pause for a while, which would delay other rows' },
  round: async (lab) => {
    const partner = await lab.partner();
    for (const status of statuses) {
      const whose = { partner: partner.name, voice: String(status) };
      await lab.emulator.befall(whose, { kind: 'answer', on: 'run', status, accepts: false });
      const created = await createVoice(partner, String(status), lab.recordings.tiny);
      expect(created.status === 201, `${status} was accepted`, created);
    }
    const jobs = (): Promise<WaitingJob[]> => embedJobsOf(lab, partner.name);
    await waitFor('every job states the reason why it waits', async () => {
      const found = await jobs();
      expect(!found.some(({ state }) => state === 'failed'), 'no embedding fails', found);
      return found.length === statuses.length && found.every(({ error }) => /check/.test(error ?? ''));
    });
    const tries = refusalsOf(lab);
    await waitFor('the submission is retried more than once', async () => refusalsOf(lab) >= tries + 2, {
      timeoutMs: 90_000,
    });
    const waiting = await jobs();
    expect(
      waiting.every(({ state }) => state !== 'failed'),
      'no embedding has failed meanwhile',
      waiting,
    );
    for (const status of statuses) await lab.emulator.relieve({ partner: partner.name, voice: String(status) });
    const recoveryMs = await allSettled(lab, partner, 70_000);
    for (const status of statuses) {
      const shown = await details(partner, String(status));
      expect(shown.status.embedding === 'completed', `${status}: completed`, shown.errors);
      await expectOnce(lab, partner, String(status));
    }
    return { recoveryMs, note: `${refusalsOf(lab)} submissions were refused` };
  },
};

const embedJobsOf = (lab: Lab, partner: string): Promise<WaitingJob[]> =>
  lab.sql<WaitingJob>(
    `SELECT state, error FROM jobs JOIN partners p ON p.id = jobs.partner_id WHERE kind = 'embed' AND p.name = $1`,
    [partner],
  );

/** Returns the number of refused submissions in the log. */
const refusalsOf = (lab: Lab): number => lab.log.lines.filter((line) => line.includes('"submission refused"')).length;

export const gpuRefusalFaults: readonly Fault[] = [refusals];
