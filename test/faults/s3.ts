import { setTimeout as sleep } from 'node:timers/promises';
import { createVoice } from '../support/voices.js';
import { allSettled, expectOnce, expectWhole } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { jobIs } from './job-state.js';
import type { S3Trouble } from './lab-s3.js';
import type { LabOptions } from './lab.js';
import { reference } from './reference.js';
import { refused } from './refusals.js';
import { upload } from './uploads.js';

const s3Lab: LabOptions = { s3: true };
/** Separate, because its requests take the longest and the other rows need not wait for them. */
const hangingLab: LabOptions = { s3: true };

/** Three attempts of 12 s, with pauses. */
const refusedWithinMs = 60_000;

function trouble(name: string, kind: S3Trouble, lab: LabOptions): Fault {
  return {
    name,
    fault: `S3 ${kind} for 20 s`,
    passesWhen:
      '503 with Retry-After within a minute, no object treated as missing, all jobs terminal afterwards, no leftover files',
    inShort: '5 s',
    lab,
    longSeconds: kind === 'hangs' ? 120 : 50,
    round: async (lab, round) => {
      const wanted = await reference(lab);
      const partner = await lab.partner();
      await upload(lab, partner, 'kept');
      await allSettled(lab, partner, 60_000);
      await lab.ffmpeg.become('slow');
      await upload(lab, partner, 'voice');
      await jobIs(lab, partner, 'split', `state = 'running'`);
      lab.s3?.break(kind);
      const brokenUntil = performance.now() + round.pick(5_000, 20_000);
      await lab.ffmpeg.become('real');
      const refusals = await Promise.all([
        refused('an upload', refusedWithinMs, () => createVoice(partner, 'late', lab.recordings.tiny)),
        refused('a bundle', refusedWithinMs, () => partner.http.get(`${partner.route('kept')}/samples-bundle`)),
        refused('an export', refusedWithinMs, () => partner.http.get(`${partner.route('kept')}/export`)),
      ]);
      const shown = await partner.http.get(partner.route('voice'));
      expect(shown.status === 200, 'data from Postgres is still served', shown.status);
      await sleep(Math.max(0, brokenUntil - performance.now()));
      lab.s3?.mend();
      const recoveryMs = await allSettled(lab, partner, 120_000);
      for (const name of ['kept', 'voice']) await expectWhole(partner, name, wanted);
      await expectOnce(lab, partner, 'voice');
      await expectNothingLeft(lab);
      return { recoveryMs, note: `the longest refusal took ${Math.max(...refusals)} ms` };
    },
  };
}

export const s3Faults: readonly Fault[] = [
  trouble('s3-503', 'answers 503', s3Lab),
  trouble('s3-500', 'answers 500', s3Lab),
  trouble('s3-drops', 'drops connections', s3Lab),
  trouble('s3-hangs', 'hangs', hangingLab),
];
