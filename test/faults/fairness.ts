import { HttpClient } from '../support/http.js';
import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import type { Lab, LabOptions } from './lab.js';
import { answered, type Met } from './refusals.js';
import { numbered, uploadMany } from './uploads.js';

/** One conversion at a time, so that there is an order to be fair in. */
const fairLab: LabOptions = { env: { FFMPEG_PROCESSES: '1' } };

const flood: Fault = {
  name: 'partner-flood',
  fault: 'a partner floods 500 recordings, another sends one',
  passesWhen: "the one starts within 2 of the first partner's jobs; erasing that partner leaves nothing",
  inShort: '40 recordings',
  lab: fairLab,
  longSeconds: 120,
  round: async (lab, round) => {
    const [many, one] = [await lab.partner(), await lab.partner()];
    // While no worker runs a queue builds up. A frozen one would bring a fault of its own: what it was handed comes late.
    await lab.worker.stop();
    await uploadMany(lab, many, numbered(round.pick(40, 500)));
    const flooded = new Set(await jobsOf(lab, many));
    const started = (): string[] => splitClaims(lab).filter((job) => flooded.has(job));
    await lab.worker.start();
    await waitFor('the flood is worked on', () => started().length > 2);
    await uploadMany(lab, one, ['only']);
    const startedBefore = started().length;
    await allSettled(lab, one, 60_000);
    const order = splitClaims(lab);
    const own = order.indexOf((await jobsOf(lab, one))[0] ?? '');
    expect(own >= 0, 'the one job was claimed');
    const overtaken = order.slice(0, own).filter((job) => flooded.has(job)).length - startedBefore;
    expect(overtaken <= 2, 'the one starts within 2 of the others', { overtaken, startedBefore });
    await eraseFlood(lab, many);
    return { note: `${overtaken} of the flood started after the one was sent and before it` };
  },
};

/** Converting all of it would show nothing more; that a partner goes with everything it has in the queues does. */
async function eraseFlood(lab: Lab, partner: TestPartner): Promise<void> {
  const admin = new HttpClient(lab.baseUrl, lab.adminKey);
  // With 503 and Retry-After the client is asked to come again: it met a worker that held some of the rows.
  const erase = (): Promise<Met> =>
    answered('the erasure', 30_000, () => admin.delete(`/admin/partners/${partner.name}`));
  await waitFor('the flooding partner is erased', async () => (await erase()).status === 204);
  const runs = async (): Promise<boolean> => (await lab.sql(`SELECT 1 FROM jobs WHERE state = 'running'`)).length > 0;
  await waitFor('nothing runs', async () => !(await runs()), { timeoutMs: 60_000 });
  await expectNothingLeft(lab);
}

async function jobsOf(lab: Lab, partner: TestPartner): Promise<string[]> {
  const rows = await lab.sql<{ id: string }>(
    `SELECT jobs.id FROM jobs JOIN partners p ON p.id = jobs.partner_id WHERE p.name = $1 AND kind = 'split'`,
    [partner.name],
  );
  return rows.map(({ id }) => id);
}

/** Ids of splits in the order a worker claimed them, as its log tells. */
function splitClaims(lab: Lab): string[] {
  return lab.log.lines.flatMap((line) => {
    if (!line.startsWith('worker-') || !line.includes('"job claimed"')) return [];
    const entry = JSON.parse(line.slice(line.indexOf('{'))) as { kind: string; job: string };
    return entry.kind === 'split' ? [entry.job] : [];
  });
}

export const fairnessFaults: readonly Fault[] = [flood];
