import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectOnce, expectWhole } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import { reference } from './reference.js';
import { upload } from './uploads.js';
import type { Lab, LabOptions } from './lab.js';

const storageLab: LabOptions = {};

/** As when a network disk is not mounted: its folder is there, and empty. */
const out: Fault = {
  name: 'storage-out',
  fault: 'the disk of the storage gone for 10 s',
  passesWhen: '503 with Retry-After, nothing taken for deleted or missing, then all terminal and nothing left',
  inShort: '5 s',
  lab: storageLab,
  round: async (lab, round) => {
    const wanted = await reference(lab);
    const partner = await lab.partner();
    await upload(lab, partner, 'kept');
    await upload(lab, partner, 'erased', lab.recordings.tiny);
    await allSettled(lab, partner, 60_000);
    await lab.ffmpeg.become('slow');
    await upload(lab, partner, 'voice');
    await jobIs(lab, partner, 'split', `state = 'running'`);
    const erased = await folderOf(lab, partner, 'erased');
    await rename(lab.objects, `${lab.objects}.away`);
    await lab.ffmpeg.become('real');
    await expectPoliteRefusal(lab, partner);
    expect((await partner.http.delete(partner.route('erased'))).status === 204, 'a voice can be deleted');
    await sleep(round.pick(5_000, 10_000));
    await rename(`${lab.objects}.away`, lab.objects);
    const recoveryMs = await allSettled(lab, partner, 60_000);
    await waitFor('the deleted voice is erased', () => !existsSync(erased), { timeoutMs: 60_000 });
    for (const name of ['kept', 'voice']) await expectWhole(partner, name, wanted);
    await expectOnce(lab, partner, 'voice');
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

async function expectPoliteRefusal(lab: Lab, partner: TestPartner): Promise<void> {
  const answers = [
    await createVoice(partner, 'late', lab.recordings.tiny),
    await partner.http.get(`${partner.route('kept')}/samples/1`),
  ];
  for (const { status, headers } of answers) {
    expect(status === 503 && Number(headers.get('retry-after')) >= 1, 'requests get 503 and Retry-After', status);
  }
}

/** The folder of a voice's objects. */
async function folderOf(lab: Lab, partner: TestPartner, voice: string): Promise<string> {
  const [row] = await lab.sql<{ id: string }>(
    `SELECT v.id FROM voices v JOIN partners p ON p.id = partner_id WHERE p.name = $1 AND v.name = $2`,
    [partner.name, voice],
  );
  return path.join(lab.objects, 'objects/voices', row?.id ?? voice);
}

export const storageFaults: readonly Fault[] = [out];
