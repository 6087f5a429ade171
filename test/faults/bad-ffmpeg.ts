import type { TestPartner } from '../support/shared-stack.js';
import { details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectNoOrphans } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import { upload } from './uploads.js';
import type { Lab, LabOptions } from './lab.js';
import type { FfmpegMode } from './scripted-ffmpeg.js';

/** One ffmpeg slot per mode, and a low limit on the length of recordings, so that an endless one exceeds it soon. */
const badFfmpegLab: LabOptions = { env: { FFMPEG_PROCESSES: '3', MAX_RECORDING_SECONDS: '300' } };

/** The longest limit that applies is 30 s without output. */
const killedWithinMs = 45_000;

const hungAndRunaway: Fault = {
  name: 'ffmpeg-hung-runaway',
  fault: 'ffmpeg hangs or runs away (sleeps, uses a full core, writes without end)',
  passesWhen: 'ffmpeg is killed at its limit, the voice fails with an error message and is unlocked',
  lab: badFfmpegLab,
  round: async (lab) => {
    const partner = await lab.partner();
    const modes = ['hang', 'spin', 'endless'] as const satisfies readonly FfmpegMode[];
    for (const mode of modes) await convertWith(lab, partner, mode);
    const recoveryMs = await allSettled(lab, partner, killedWithinMs);
    await expectNoOrphans(lab);
    const sentences: string[] = [];
    for (const mode of modes) {
      const { status, errors } = await details(partner, mode);
      expect(status.splitting === 'failed' && status.embedding === 'idle', `${mode}: failed`, { status, errors });
      expect((errors.splitting ?? '').length > 10, `${mode}: a sentence says why`, errors);
      sentences.push(`${mode}: ${errors.splitting}`);
    }
    await lab.ffmpeg.become('real');
    for (const mode of modes) {
      const again = await partner.http.post(`${partner.route(mode)}/split`);
      expect(again.status === 202, `${mode}: the voice is unlocked`, again);
    }
    await allSettled(lab, partner, 60_000);
    for (const mode of modes) {
      expect(
        (await details(partner, mode)).status.embedding === 'completed',
        `${mode}: converts once ffmpeg works again`,
      );
    }
    await expectNothingLeft(lab);
    return { recoveryMs, note: sentences.join('; ') };
  },
};

/** Uploads a voice named after the mode and waits until its ffmpeg runs. A running ffmpeg keeps its mode. */
async function convertWith(lab: Lab, partner: TestPartner, mode: FfmpegMode): Promise<void> {
  await lab.ffmpeg.become(mode);
  const before = await lab.ffmpeg.began(mode);
  await upload(lab, partner, mode);
  await waitFor(`${mode} runs`, async () => (await lab.ffmpeg.began(mode)) > before, { timeoutMs: 20_000 });
}

export const badFfmpegFaults: readonly Fault[] = [hungAndRunaway];
