import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createVoice, details } from '../support/voices.js';
import { allSettled } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import { reference } from './reference.js';
import { upload } from './uploads.js';
import type { LabOptions } from './lab.js';
import { fillDisk, impossibleDisk as impossible } from './small-disk.js';

const smallDiskLab: LabOptions = { diskMebibytes: 96 };

const uploading: Fault = {
  name: 'disk-full-upload',
  fault: 'disk full while a recording is uploaded',
  passesWhen: '507, nothing visible, works again after space returns',
  lab: smallDiskLab,
  impossible,
  round: async (lab) => {
    const partner = await lab.partner();
    const ballast = await fillDisk(lab.disk, 1_000_000);
    const refused = await createVoice(partner, 'voice', lab.recordings.long);
    expect(refused.status === 507, 'the upload is answered 507', refused);
    const found = await partner.http.get(partner.route('voice'));
    expect(found.status === 404, 'nothing is visible', found);
    await rm(ballast);
    const freedAt = performance.now();
    await upload(lab, partner, 'voice', lab.recordings.tiny);
    await allSettled(lab, partner, 30_000);
    expect((await details(partner, 'voice')).status.embedding === 'completed', 'it works again');
    await expectNothingLeft(lab);
    return { recoveryMs: Math.round(performance.now() - freedAt) };
  },
};

/** Even rounds wait until the job gives up; in odd ones the space comes back before. */
const converting: Fault = {
  name: 'disk-full-convert',
  fault: 'disk full while a recording is converted',
  passesWhen: 'a failed job with a sentence or a late success, nothing half-visible, works again after space returns',
  lab: smallDiskLab,
  impossible,
  round: async (lab, round) => {
    await reference(lab);
    const partner = await lab.partner();
    await lab.ffmpeg.become('slow');
    await upload(lab, partner, 'voice');
    await jobIs(lab, partner, 'split', `state = 'running'`);
    const ballast = await fillDisk(lab.disk, 0);
    await lab.ffmpeg.become('real');
    await jobIs(lab, partner, 'split', 'attempts > 0');
    const half = await details(partner, 'voice');
    // The samples may have been committed before the disk was full: then all of them.
    expect([0, 5].includes(half.samples.length), 'nothing is half-visible', half.samples);
    expect(half.status.splitting === 'in_progress' && half.errors.splitting === null, 'it is tried again', half.status);
    const givesUp = round.number % 2 === 0;
    if (givesUp) await allSettled(lab, partner, 300_000);
    else await sleep(round.pick(1_000, 10_000));
    await rm(ballast);
    const freedAt = performance.now();
    await allSettled(lab, partner, 120_000);
    const ended = await details(partner, 'voice');
    if (ended.status.splitting === 'failed') {
      expect(ended.errors.splitting === 'Insufficient storage', 'the failure says why', ended.errors);
      expect((await partner.http.post(`${partner.route('voice')}/split`)).status === 202, 'it can be split again');
      await allSettled(lab, partner, 60_000);
    }
    const again = await details(partner, 'voice');
    expect(again.status.embedding === 'completed' && again.samples.length === 5, 'it works again', again);
    await expectNothingLeft(lab);
    return { recoveryMs: Math.round(performance.now() - freedAt) };
  },
};

const bundling: Fault = {
  name: 'disk-full-bundle',
  fault: 'disk full while a bundle is downloaded',
  passesWhen: 'the bundle comes whole: it needs no disk',
  lab: smallDiskLab,
  impossible,
  round: async (lab) => {
    const partner = await lab.partner();
    await upload(lab, partner, 'voice');
    await allSettled(lab, partner, 60_000);
    const ballast = await fillDisk(lab.disk, 0);
    const answer = await partner.http.fetch(`${partner.route('voice')}/samples-bundle`);
    const { byteLength } = await answer.arrayBuffer();
    expect(answer.status === 200, 'the bundle is answered 200', answer.status);
    expect(byteLength === Number(answer.headers.get('content-length')), 'the bundle is whole', byteLength);
    await rm(ballast);
    return {};
  },
};

export const diskFullFaults: readonly Fault[] = [uploading, converting, bundling];
