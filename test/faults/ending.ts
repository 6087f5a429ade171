import type { TestPartner } from '../support/shared-stack.js';
import { details, type Details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { expect, type Round } from './fault.js';
import type { Lab } from './lab.js';

/** A job under way, and its voice. */
export interface WorkUnderWay {
  readonly voice: string;
  readonly kind: 'split' | 'embed';
  readonly voiceId: string;
  readonly jobId: string;
}

/** Waits until the active job of a voice meets an SQL condition. */
export function underWay(
  lab: Lab,
  partner: TestPartner,
  voice: string,
  kind: WorkUnderWay['kind'],
  condition: string,
): Promise<WorkUnderWay> {
  const look = async (): Promise<WorkUnderWay | undefined> => {
    const [row] = await lab.sql<{ voiceId: string; jobId: string }>(
      `SELECT voices.id AS "voiceId", jobs.id AS "jobId" FROM jobs JOIN voices ON voices.id = jobs.voice_id
         JOIN partners p ON p.id = voices.partner_id
       WHERE p.name = $1 AND voices.name = $2 AND kind = $3 AND finished_at IS NULL AND ${condition}`,
      [partner.name, voice, kind],
    );
    return row && { voice, kind, ...row };
  };
  return waitFor(`${kind} of ${voice} with ${condition}`, look, { everyMs: 5, timeoutMs: 30_000 });
}

/**
 * How long a request may take that ends work. It waits for no worker and no GPU, so that its time is that of some
 * statements: under 1 s. In the short form other labs run beside it, and one of the statements may wait for a core.
 */
const longestMs = (round: Round): number => round.pick(20_000, 1_000);

/** Cancels the processing of a voice, and expects that it is unlocked. @returns the time that took, in milliseconds */
export async function cancel(partner: TestPartner, { voice, kind }: WorkUnderWay, round: Round): Promise<number> {
  const startedAt = performance.now();
  const answer = await partner.http.post<Details>(`${partner.route(voice)}/cancel`);
  const tookMs = Math.round(performance.now() - startedAt);
  expect(answer.status === 202, `${voice}: cancelled`, answer);
  expect(tookMs < longestMs(round), `${voice}: unlocked at once`, tookMs);
  const { status, errors } = answer.body;
  expect(!Object.values(status).includes('in_progress'), `${voice}: not locked`, status);
  const why = kind === 'split' ? errors.splitting : errors.embedding;
  expect(why === 'Cancelled', `${voice}: says that it was cancelled`, errors);
  const again = await partner.http.post<{ detail: string }>(`${partner.route(voice)}/cancel`);
  expect(again.status === 409 && again.body.detail === 'Voice is not being processed', `${voice}: ended`, again);
  const changed = await partner.http.put(`${partner.route(voice)}/name`, { name: voice });
  expect(changed.status === 200, `${voice}: takes changes again`, changed);
  return tookMs;
}

/** Deletes a locked voice, and expects that it is gone. @returns the time that took, in milliseconds */
export async function deleteByForce(partner: TestPartner, { voice }: WorkUnderWay, round: Round): Promise<number> {
  const refused = await partner.http.delete(partner.route(voice));
  expect(refused.status === 409, `${voice}: locked`, refused);
  const startedAt = performance.now();
  const answer = await partner.http.delete(`${partner.route(voice)}?force=true`);
  const tookMs = Math.round(performance.now() - startedAt);
  expect(answer.status === 204, `${voice}: deleted`, answer);
  expect(tookMs < longestMs(round), `${voice}: gone at once`, tookMs);
  const read = await partner.http.get(partner.route(voice));
  expect(read.status === 404, `${voice}: not found`, read);
  return tookMs;
}

/** Waits until the worker that had claimed a job has found its claim lost and cleaned up. */
export async function abandoned(lab: Lab, { voice, jobId }: WorkUnderWay): Promise<void> {
  const isLost = (line: string): boolean => line.includes('"claim lost') && line.includes(jobId);
  await waitFor(`the worker abandons ${voice}`, () => lab.log.lines.some(isLost), { timeoutMs: 30_000 });
}

/** Waits until the storage has no byte of a deleted voice. */
export async function erased(lab: Lab, { voice, voiceId }: WorkUnderWay, deletedAt: number): Promise<void> {
  const storage = await lab.storage();
  const isEmpty = async (): Promise<boolean> => {
    for await (const _ of storage.list(`voices/${voiceId}/`)) return false;
    return true;
  };
  const timeoutMs = 60_000 - (performance.now() - deletedAt);
  await waitFor(`the bytes of ${voice} are gone within 60 s`, isEmpty, { timeoutMs, everyMs: 200 });
}

/** Waits until no GPU job of a voice is left, and expects that the last one was cancelled. */
export async function cancelledOnGpu(lab: Lab, partner: TestPartner, { voice }: WorkUnderWay): Promise<void> {
  const ended = async (): Promise<string | undefined> => {
    const statuses = (await lab.emulator.jobs({ partner: partner.name, voice })).map(({ status }) => status);
    return statuses.some((status) => status === 'IN_QUEUE' || status === 'IN_PROGRESS') ? undefined : statuses.at(-1);
  };
  const last = await waitFor(`the GPU job of ${voice} has ended`, ended, { timeoutMs: 30_000 });
  expect(last === 'CANCELLED', `${voice}: its GPU job was cancelled`, last);
}

/** What a client sees of a voice's results, without the statuses of work. */
export async function results(partner: TestPartner, voice: string): Promise<string> {
  const { samples, warnings, preferred_sample_index, embedding_info: info } = await details(partner, voice);
  const { run_id, sample_scores, test_samples, stale } = info ?? {};
  return JSON.stringify({ samples, warnings, preferred_sample_index, run_id, sample_scores, test_samples, stale });
}
