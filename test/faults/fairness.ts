import { HttpClient } from '../support/http.js';
import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import type { Lab, LabOptions } from './lab.js';
import { answered, type Met } from './refusals.js';
import { numbered, uploadMany } from './uploads.js';

/** One conversion at a time, so that the order of the jobs can be observed. */
const fairLab: LabOptions = { env: { FFMPEG_PROCESSES: '1' } };

const flood: Fault = {
  name: 'partner-flood',
  fault: 'one partner uploads 500 recordings, then another uploads one',
  passesWhen:
    'at most 2 jobs of the first partner start before the single one; erasing the first partner leaves nothing',
  inShort: '40 recordings',
  lab: fairLab,
  longSeconds: 120,
  round: async (lab, round) => {
    const [many, one] = [await lab.partner(), await lab.partner()];
    // A queue builds up while no worker runs. A frozen worker would add another fault, because its deliveries come
    // late.
    await lab.worker.stop();
    await uploadMany(lab, many, numbered(round.pick(40, 500)));
    const flooded = new Set(await jobsOf(lab, many));
    const started = (): string[] => splitClaims(lab).filter((job) => flooded.has(job));
    await lab.worker.start();
    await waitFor('the flood is being processed', () => started().length > 2);
    await uploadMany(lab, one, ['only']);
    const startedBefore = started().length;
    await allSettled(lab, one, 60_000);
    const order = splitClaims(lab);
    const own = order.indexOf((await jobsOf(lab, one))[0] ?? '');
    expect(own >= 0, 'the single job was claimed');
    const overtaken = order.slice(0, own).filter((job) => flooded.has(job)).length - startedBefore;
    expect(overtaken <= 2, 'at most 2 jobs of the flood start before the single one', { overtaken, startedBefore });
    await eraseFlood(lab, many);
    return { note: `${overtaken} jobs of the flood started between the single upload and its split` };
  },
};

/** Erases the partner and its queued jobs. Converting the remaining recordings would prove nothing more. */
async function eraseFlood(lab: Lab, partner: TestPartner): Promise<void> {
  const admin = new HttpClient(lab.baseUrl, lab.adminKey);
  // While a worker holds some of the rows, the answer is 503 with Retry-After, and the client retries.
  const erase = (): Promise<Met> =>
    answered('the erasure', 30_000, () => admin.delete(`/admin/partners/${partner.name}`));
  await waitFor('the flooding partner is erased', async () => (await erase()).status === 204);
  const runs = async (): Promise<boolean> => (await lab.sql(`SELECT 1 FROM jobs WHERE state = 'running'`)).length > 0;
  await waitFor('no job runs', async () => !(await runs()), { timeoutMs: 60_000 });
  // The rows are deleted at once. A running step notices when it commits, and may have written objects meanwhile.
  const isClean = (): Promise<boolean> =>
    expectNothingLeft(lab).then(
      () => true,
      () => false,
    );
  await waitFor('the running step has ended', isClean, { timeoutMs: 30_000 }).catch(() => undefined);
  await expectNothingLeft(lab);
}

async function jobsOf(lab: Lab, partner: TestPartner): Promise<string[]> {
  const rows = await lab.sql<{ id: string }>(
    `SELECT jobs.id FROM jobs JOIN partners p ON p.id = jobs.partner_id WHERE p.name = $1 AND kind = 'split'`,
    [partner.name],
  );
  return rows.map(({ id }) => id);
}

/** Returns the ids of splits in the order in which the worker's log says they were claimed. */
function splitClaims(lab: Lab): string[] {
  return lab.log.lines.flatMap((line) => {
    if (!line.startsWith('worker-') || !line.includes('"job claimed"')) return [];
    const entry = JSON.parse(line.slice(line.indexOf('{'))) as { kind: string; job: string };
    return entry.kind === 'split' ? [entry.job] : [];
  });
}

export const fairnessFaults: readonly Fault[] = [flood];
