import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled } from './checks.js';
import { expect, type Fault } from './fault.js';
import type { Lab, LabOptions } from './lab.js';

const flightLab: LabOptions = { env: { MAX_ACTIVE_JOBS_PER_PARTNER: '200' } };

const mostMemoryMebibytes = 300;
/**
 * docs/gpu-contract.md: at most 100 polls a second over all jobs in flight, measured over slightly more than a second.
 */
const mostPollsASecond = 110;

/** Half of the embeddings end with a webhook. Polls find the other half. */
const inFlight: Fault = {
  name: 'gpu-in-flight',
  fault: '1,000 embeddings in flight on one worker',
  passesWhen: `1,000 terminal, worker under ${mostMemoryMebibytes} MB, polls within their limit`,
  inShort: '100 embeddings',
  lab: flightLab,
  longSeconds: 150,
  round: async (lab, round) => {
    const each = round.pick(50, 500);
    const partners = [await lab.partner(), await lab.partner()] as const;
    const afterMs = round.pick(8_000, 60_000);
    for (const [at, partner] of partners.entries()) {
      const mode = at === 0 ? 'once' : 'skip';
      const match = { partner: partner.name };
      await lab.emulator.befall(match, { kind: 'instant', afterMs }, { kind: 'webhook', mode, delayMs: 0 });
      await seedVoices(lab, partner, each);
    }
    const watch = new Watch(lab, partners);
    for (const partner of partners) await embedAll(partner, each);
    const settledAfterMs = await Promise.all(partners.map((partner) => allSettled(lab, partner, 600_000)));
    const { peakMebibytes, peakPolls } = await watch.stop();
    for (const partner of partners) await expectAllEmbedded(lab, partner, each);
    expect(peakMebibytes < mostMemoryMebibytes, 'the worker stays under its memory limit', peakMebibytes);
    expect(peakPolls <= mostPollsASecond, 'polls stay within their limit', peakPolls);
    const note = `${2 * each} in flight, worker at most ${peakMebibytes} MB, at most ${peakPolls} polls a second`;
    return { recoveryMs: Math.max(...settledAfterMs), note };
  },
};

/** Inserts voices with one sample each by SQL. Other rows of the table test as many uploads. */
async function seedVoices(lab: Lab, partner: TestPartner, count: number): Promise<void> {
  await createVoice(partner, 'seed', lab.recordings.tiny);
  await settled(partner, 'seed', 120_000);
  const ids = Array.from({ length: count }, () => randomUUID());
  const names = ids.map((_, at) => `voice ${at}`);
  await lab.sql(
    `INSERT INTO voices (id, partner_id, name, sample_count, next_sample_index)
     SELECT made.id, p.id, made.name, 1, 2 FROM unnest($2::uuid[], $3::text[]) AS made (id, name), partners p
     WHERE p.name = $1`,
    [partner.name, ids, names],
  );
  await lab.sql(
    `INSERT INTO samples (voice_id, index, duration_seconds, object_key, bytes, sha256)
     SELECT made.id, 1, duration_seconds, object_key, bytes, sha256
     FROM unnest($2::uuid[]) AS made (id), samples JOIN voices ON voices.id = samples.voice_id
     JOIN partners p ON p.id = voices.partner_id WHERE p.name = $1 AND voices.name = 'seed'`,
    [partner.name, ids],
  );
}

async function embedAll(partner: TestPartner, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const answer = await partner.http.post(`${partner.route(`voice ${at}`)}/embed`);
    expect(answer.status === 202, 'the embedding was accepted', answer);
  }
}

async function expectAllEmbedded(lab: Lab, partner: TestPartner, count: number): Promise<void> {
  const rows = await lab.sql<{ state: string; n: string }>(
    `SELECT state, count(*) AS n FROM jobs JOIN partners p ON p.id = jobs.partner_id
     WHERE p.name = $1 AND kind = 'embed' AND submissions = 1 GROUP BY state`,
    [partner.name],
  );
  expect(rows.length === 1 && rows[0]?.state === 'completed' && rows[0].n === String(count + 1), 'all embedded', rows);
}

/** Measures the worker's memory and the rate of polls. */
class Watch {
  private peakMebibytes = 0;
  private peakPolls = 0;
  private polls = 0;
  private polledAt = performance.now();
  private running = true;
  private readonly watching: Promise<void>;

  constructor(
    private readonly lab: Lab,
    private readonly partners: readonly TestPartner[],
  ) {
    this.watching = this.watch();
  }

  async stop(): Promise<{ readonly peakMebibytes: number; readonly peakPolls: number }> {
    this.running = false;
    await this.watching;
    return { peakMebibytes: this.peakMebibytes, peakPolls: this.peakPolls };
  }

  private async watch(): Promise<void> {
    while (this.running) {
      await waitFor('the next second', () => performance.now() - this.polledAt >= 1_000);
      this.peakMebibytes = Math.max(this.peakMebibytes, residentMebibytes(this.lab.worker.pid ?? 0));
      const records = await Promise.all(this.partners.map(({ name }) => this.lab.emulator.jobs({ partner: name })));
      const polls = records.flat().reduce((sum, record) => sum + record.polls, 0);
      const seconds = (performance.now() - this.polledAt) / 1_000;
      this.peakPolls = Math.max(this.peakPolls, Math.round((polls - this.polls) / seconds));
      this.polls = polls;
      this.polledAt = performance.now();
    }
  }
}

/** Reads the resident memory of a process (proc_pid_status(5), VmRSS). */
function residentMebibytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}

export const gpuFlightFaults: readonly Fault[] = [inFlight];
