import { existsSync } from 'node:fs';
import { rename, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectOnce, expectWhole } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault, type Outcome, type Round } from './fault.js';
import { jobIs } from './job-state.js';
import { reference } from './reference.js';
import { refused } from './refusals.js';
import { impossibleDisk as impossible, remountDisk } from './small-disk.js';
import { upload } from './uploads.js';
import type { Lab, LabOptions } from './lab.js';
const readOnlyLab: LabOptions = { diskMebibytes: 256 };

/** A way to make the folder of the objects unavailable and to restore it. */
interface Loss {
  readonly begin: (objects: string) => Promise<void>;
  readonly end: (objects: string) => Promise<void>;
}

const away = (objects: string): string => `${objects}.away`;

/** Simulates a network disk that is not mounted: its folder is empty. */
const notMounted: Loss = {
  begin: (objects) => rename(objects, away(objects)),
  end: (objects) => rename(away(objects), objects),
};

/** Makes every file operation fail, as EACCES or EIO would. Uses ELOOP, which applies to root too. */
const refusing: Loss = {
  begin: async (objects) => {
    await rename(objects, away(objects));
    await symlink(objects, objects);
  },
  end: async (objects) => {
    await unlink(objects);
    await rename(away(objects), objects);
  },
};

const passesWhen =
  '503 with Retry-After, no object treated as deleted or missing, all jobs terminal afterwards, no leftover files';

async function lostAndFound(lab: Lab, round: Round, loss: Loss): Promise<Outcome> {
  const wanted = await reference(lab);
  const partner = await lab.partner();
  await upload(lab, partner, 'kept');
  await upload(lab, partner, 'erased', lab.recordings.tiny);
  await allSettled(lab, partner, 60_000);
  await lab.ffmpeg.become('slow');
  await upload(lab, partner, 'voice');
  await jobIs(lab, partner, 'split', `state = 'running'`);
  const erased = await folderOf(lab, partner, 'erased');
  await loss.begin(lab.objects);
  try {
    await lab.ffmpeg.become('real');
    await expectPoliteRefusal(lab, partner);
    expect((await partner.http.delete(partner.route('erased'))).status === 204, 'a voice can be deleted');
    await sleep(round.pick(5_000, 10_000));
  } finally {
    await loss.end(lab.objects);
  }
  const recoveryMs = await allSettled(lab, partner, 60_000);
  await waitFor('the deleted voice is erased', () => !existsSync(erased), { timeoutMs: 60_000 });
  for (const name of ['kept', 'voice']) await expectWhole(partner, name, wanted);
  await expectOnce(lab, partner, 'voice');
  await expectNothingLeft(lab);
  return { recoveryMs };
}

const out: Fault = {
  name: 'storage-out',
  fault: 'the disk of the storage not mounted for 10 s',
  passesWhen,
  inShort: '5 s',
  round: (lab, round) => lostAndFound(lab, round, notMounted),
};

const refuses: Fault = {
  name: 'storage-refuses',
  fault: 'every file operation in the storage fails for 10 s',
  passesWhen,
  inShort: '5 s',
  round: (lab, round) => lostAndFound(lab, round, refusing),
};

/** Simulates a disk that the system made read-only after an error (ext4: `errors=remount-ro`). */
const readOnly: Fault = {
  name: 'storage-read-only',
  fault: 'the disk of uploads and objects read-only for 10 s',
  passesWhen:
    'ready, downloads work, uploads get 503 with Retry-After, all jobs terminal afterwards, no leftover files',
  inShort: '5 s',
  lab: readOnlyLab,
  impossible,
  round: async (lab, round) => {
    const wanted = await reference(lab);
    const partner = await lab.partner();
    await upload(lab, partner, 'kept');
    await allSettled(lab, partner, 60_000);
    // The disk cannot become read-only while a file on it is open for writing, so the worker is stopped.
    lab.worker.kill('SIGSTOP');
    await upload(lab, partner, 'voice');
    await waitFor('the disk is read-only', () => remountDisk(lab.disk, 'ro'));
    try {
      lab.worker.kill('SIGCONT');
      const untilMs = performance.now() + round.pick(5_000, 10_000);
      while (performance.now() < untilMs) {
        const ask = (): ReturnType<typeof createVoice> => createVoice(partner, 'late', lab.recordings.tiny);
        await refused('an upload', 30_000, ask);
        const sample = await partner.http.get(`${partner.route('kept')}/samples/1`);
        expect(sample.status === 200, 'stored samples can be downloaded', sample.status);
        const ready = await partner.http.get<{ dependencies: { storage: string } }>('/health/ready');
        expect(ready.status === 200, 'the API is ready to serve reads', ready);
        expect(ready.body.dependencies.storage === 'read_only', 'the readiness says why uploads are refused', ready);
        await sleep(500);
      }
    } finally {
      await waitFor('the disk is writable', () => remountDisk(lab.disk, 'rw'));
    }
    const recoveryMs = await allSettled(lab, partner, 60_000);
    for (const name of ['kept', 'voice']) await expectWhole(partner, name, wanted);
    await expectOnce(lab, partner, 'voice');
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

async function expectPoliteRefusal(lab: Lab, partner: TestPartner): Promise<void> {
  await refused('an upload', 30_000, () => createVoice(partner, 'late', lab.recordings.tiny));
  await refused('a download', 30_000, () => partner.http.get(`${partner.route('kept')}/samples/1`));
}

/** Returns the folder of a voice's objects. */
async function folderOf(lab: Lab, partner: TestPartner, voice: string): Promise<string> {
  const [row] = await lab.sql<{ id: string }>(
    `SELECT v.id FROM voices v JOIN partners p ON p.id = partner_id WHERE p.name = $1 AND v.name = $2`,
    [partner.name, voice],
  );
  return path.join(lab.objects, 'objects/voices', row?.id ?? voice);
}

export const storageFaults: readonly Fault[] = [out, refuses, readOnly];
