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
  passesWhen: '507, nothing visible, works again once space is free',
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

/** In even rounds the disk stays full until the job fails. In odd rounds space is freed before that. */
const converting: Fault = {
  name: 'disk-full-convert',
  fault: 'disk full while a recording is converted',
  passesWhen:
    'the job fails with an error message or completes late, no partial results, works again once space is free',
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
    // The samples may have been committed before the disk was full. Then all of them are visible.
    expect([0, 5].includes(half.samples.length), 'there are no partial results', half.samples);
    expect(
      half.status.splitting === 'in_progress' && half.errors.splitting === null,
      'the job is retried',
      half.status,
    );
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
  passesWhen: 'the bundle is complete, because it needs no disk space',
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
    expect(byteLength === Number(answer.headers.get('content-length')), 'the bundle is complete', byteLength);
    await rm(ballast);
    return {};
  },
};

export const diskFullFaults: readonly Fault[] = [uploading, converting, bundling];
