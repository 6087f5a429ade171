import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.js';
import { processesNaming } from '../support/running-processes.js';
import type { TestPartner } from '../support/shared-stack.js';
import { bytesOf, details, settled, type Details } from '../support/voices.js';
import { allSettled, expectNoOrphans } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import { killAtCommit, killWorker } from './kill-worker.js';
import type { Lab } from './lab.js';
import { upload } from './uploads.js';

const recoverWithinMs = 30_000;

/** Returns the archive of a voice that has everything: a recording, samples, an embedding and a consent. */
async function madeArchive(lab: Lab): Promise<Buffer> {
  const partner = await lab.partner();
  await upload(lab, partner, 'voice');
  await settled(partner, 'voice');
  const consent = { statement: 'I agree.', language: 'en', granted_by: 'Jane Doe', method: 'verbal' };
  const added = await partner.http.post(`${partner.route('voice')}/consent`, consent);
  expect(added.status === 201, 'the consent was added', added);
  return bytesOf(partner, `${partner.route('voice')}/export`);
}

async function startImport(partner: TestPartner, archive: Buffer): Promise<void> {
  const form = new FormData();
  form.set('file', new Blob([archive]), 'voice.zip');
  const answer = await partner.http.post<Details>(`${partner.route()}/import`, form, {
    'Idempotency-Key': randomBytes(8).toString('hex'),
  });
  expect(answer.status === 201, 'the archive was accepted', answer);
}

/** Expects that nothing of the archive is visible before all of it. */
async function expectEmpty(partner: TestPartner): Promise<void> {
  const { status, samples, embedding_info: embedding } = await details(partner, 'voice');
  const isEmpty = status.splitting === 'in_progress' && samples.length === 0 && embedding === null;
  expect(isEmpty, 'the voice is locked and empty until it is whole', { status, samples, embedding });
}

/** Kills twice: while ffmpeg decodes the archive, and when everything is stored and the worker commits. */
const duringImport: Fault = {
  name: 'kill-worker-import',
  fault: 'kill -9 worker during an import: while it decodes, then at its commit',
  passesWhen: 'empty until whole, terminal ≤ 30 s after a worker is back, exports the same bytes, 0 leftover files',
  round: async (lab) => {
    const archive = await madeArchive(lab);
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await startImport(partner, archive);
    await jobIs(lab, partner, 'import', `state = 'running'`);
    await waitFor('ffmpeg runs', async () => (await processesNaming(lab.scratch)).length > 0);
    await sleep(Math.random() * 500);
    await killWorker(lab);
    await lab.ffmpeg.become('real');
    await expectNoOrphans(lab);
    await expectEmpty(partner);

    const killed = killAtCommit(lab, partner);
    await lab.worker.start();
    await killed;
    await expectEmpty(partner);

    await lab.worker.start();
    const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
    const again = await bytesOf(partner, `${partner.route('voice')}/export`);
    expect(again.equals(archive), 'the import exports the same bytes', [archive.length, again.length]);
    const [jobs] = await lab.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM jobs JOIN partners p ON p.id = jobs.partner_id WHERE p.name = $1`,
      [partner.name],
    );
    expect(jobs?.n === 1, 'one job has imported it', jobs);
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

/** Kills the API at a random moment of an import. */
const duringUpload: Fault = {
  name: 'kill-api-import',
  fault: 'kill -9 API during an import',
  passesWhen: 'no voice or a whole one, no leftover files',
  round: async (lab) => {
    const archive = await madeArchive(lab);
    const partner = await lab.partner();
    const answer = startImport(partner, archive).catch(() => undefined);
    await sleep(Math.random() * 60);
    lab.api.kill('SIGKILL');
    await lab.api.ended;
    const killedAt = performance.now();
    await answer;
    await lab.api.start();
    const recoveryMs = Math.round(performance.now() - killedAt);
    await allSettled(lab, partner, recoverWithinMs);
    const found = await partner.http.get(partner.route('voice'));
    const isWhole = async (): Promise<boolean> =>
      (await bytesOf(partner, `${partner.route('voice')}/export`)).equals(archive);
    expect(found.status === 404 || (await isWhole()), 'there is no voice, or a whole one', found);
    await expectNothingLeft(lab);
    return { recoveryMs, note: found.status === 404 ? 'killed before the commit' : 'killed after the commit' };
  },
};

export const killImportFaults: readonly Fault[] = [duringImport, duringUpload];
