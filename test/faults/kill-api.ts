import { openAsBlob } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectOnce } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import type { Lab } from './lab.js';

const startWithinMs = 20_000;

async function killApi(lab: Lab): Promise<void> {
  lab.api.kill('SIGKILL');
  await lab.api.ended;
}

/** Loses the nudge. The row says that it was sent, but Redis never received it. */
const beforeNudge: Fault = {
  name: 'kill-api-nudge',
  fault: 'kill -9 API between commit and nudge',
  passesWhen: 'the split starts ≤ 20 s later',
  round: async (lab) => {
    const partner = await lab.partner();
    lab.apiRedis.blackHole();
    const created = await createVoice(partner, 'voice', lab.recordings.tiny);
    expect(created.status === 201, 'the voice was accepted', created);
    await jobIs(lab, partner, 'split', 'nudged_at IS NOT NULL');
    await killApi(lab);
    const killedAt = performance.now();
    const started = `(state = 'running' OR finished_at IS NOT NULL)`;
    await waitFor('the split starts', () => isTrue(lab, partner, started), { timeoutMs: startWithinMs, everyMs: 20 });
    const recoveryMs = Math.round(performance.now() - killedAt);
    await lab.apiRedis.cut();
    await lab.apiRedis.pass();
    await lab.api.start();
    await allSettled(lab, partner, 30_000);
    await expectOnce(lab, partner, 'voice');
    return { recoveryMs };
  },
};

async function isTrue(lab: Lab, partner: TestPartner, condition: string): Promise<boolean> {
  const rows = await lab.sql(
    `SELECT 1 FROM jobs JOIN partners p ON p.id = jobs.partner_id WHERE p.name = $1 AND kind = 'split' AND ${condition}`,
    [partner.name],
  );
  return rows.length > 0;
}

/** Kills the API during the upload in odd rounds, and at a random moment after its last byte in even rounds. */
const duringUpload: Fault = {
  name: 'kill-api-upload',
  fault: 'kill -9 API during an upload',
  passesWhen: 'no partial voice visible, no leftover files',
  round: async (lab, round) => {
    const partner = await lab.partner();
    const answered = await (round.number % 2 === 1 ? killWhileReceiving : killAfterReceiving)(lab, partner);
    const killedAt = performance.now();
    await lab.api.start();
    const recoveryMs = Math.round(performance.now() - killedAt);
    const found = await partner.http.get(partner.route('voice'));
    expect(found.status === 404 || (found.status === 200 && answered !== 'half'), 'no partial voice is visible', found);
    await allSettled(lab, partner, 30_000);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

async function killWhileReceiving(lab: Lab, partner: TestPartner): Promise<'half'> {
  const url = new URL(`${lab.baseUrl}${partner.route()}`);
  const upload = request(url, {
    method: 'POST',
    headers: { 'X-Api-Key': partner.key, 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': 9e6 },
  });
  upload.on('error', () => undefined); // the connection dies with the API
  upload.write('--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nvoice\r\n');
  upload.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n');
  upload.write(Buffer.alloc(4_000_000));
  await waitFor('the upload arrives', async () =>
    (await filesIn(lab.scratch)).some((file) => file.endsWith('/upload')),
  );
  await killApi(lab);
  return 'half';
}

async function killAfterReceiving(lab: Lab, partner: TestPartner): Promise<'whole'> {
  const form = new FormData();
  form.set('name', 'voice');
  form.set('file', await openAsBlob(lab.recordings.long), 'long.flac');
  const answer = partner.http.post(partner.route(), form).catch(() => undefined);
  await waitFor('the upload arrives', async () =>
    (await filesIn(lab.scratch)).some((file) => file.endsWith('/upload')),
  );
  await sleep(Math.random() * 400);
  await killApi(lab);
  await answer;
  return 'whole';
}

async function filesIn(folder: string): Promise<string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}

export const killApiFaults: readonly Fault[] = [beforeNudge, duringUpload];
