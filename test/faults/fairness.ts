import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled } from './checks.js';
import { expect, type Fault } from './fault.js';
import type { Lab, LabOptions } from './lab.js';
import { numbered, uploadMany } from './uploads.js';

/** One conversion at a time, so that there is an order to be fair in. */
const fairLab: LabOptions = { env: { FFMPEG_PROCESSES: '1' } };

const flood: Fault = {
  name: 'partner-flood',
  fault: 'a partner floods 500 recordings, another sends one',
  passesWhen: "the one starts within 2 of the first partner's jobs",
  inShort: '40 recordings',
  lab: fairLab,
  longSeconds: 200,
  round: async (lab, round) => {
    const [many, one] = [await lab.partner(), await lab.partner()];
    // While the worker is stopped a queue builds up, however fast it is.
    lab.worker.kill('SIGSTOP');
    await uploadMany(lab, many, numbered(round.pick(40, 500)));
    const flooded = new Set(await jobsOf(lab, many));
    const started = (): string[] => splitClaims(lab).filter((job) => flooded.has(job));
    lab.worker.kill('SIGCONT');
    await waitFor('the flood is worked on', () => started().length > 2);
    await uploadMany(lab, one, ['only']);
    const startedBefore = started().length;
    await allSettled(lab, one, 60_000);
    const order = splitClaims(lab);
    const own = order.indexOf((await jobsOf(lab, one))[0] ?? '');
    expect(own >= 0, 'the one job was claimed');
    const overtaken = order.slice(0, own).filter((job) => flooded.has(job)).length - startedBefore;
    expect(overtaken <= 2, 'the one starts within 2 of the others', { overtaken, startedBefore });
    await allSettled(lab, many, 600_000);
    return { note: `${overtaken} of the flood started after the one was sent and before it` };
  },
};

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
