import type { TestPartner } from '../support/shared-stack.js';
import { processesNaming } from '../support/running-processes.js';
import { settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectNoOrphans, expectOnce, expectWhole, sampleSet, type SampleSet } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault, type Outcome } from './fault.js';
import { jobIs } from './job-state.js';
import { killAtCommit, killWorker } from './kill-worker.js';
import type { LabS3 } from './lab-s3.js';
import type { Lab, LabOptions } from './lab.js';
import { upload } from './uploads.js';

/** Objects are in S3, where a write can be held as long as a row needs. */
const analysisLab: LabOptions = { s3: true };

const recoverWithinMs = 30_000;
const passesWhen =
  'terminal ≤ 30 s after a worker is back, exact samples and figures, 0 orphan processes, 0 leftover files';

const s3Of = (lab: Lab): LabS3 => {
  expect(lab.s3 !== undefined, 'the lab has an S3 server');
  return lab.s3;
};

/** Kills the worker while it writes an object whose key ends like this. */
async function killAtWrite(lab: Lab, keyEnd: string): Promise<void> {
  const held = s3Of(lab).hold(keyEnd);
  await lab.worker.start();
  await waitFor(`the worker writes ${keyEnd}`, () => held() > 0, { timeoutMs: recoverWithinMs, everyMs: 5 });
  await killWorker(lab);
  s3Of(lab).mend();
}

/** Kills the worker when it has stored everything and commits. */
async function killBeforeCommit(lab: Lab, partner: TestPartner): Promise<void> {
  const killed = killAtCommit(lab, partner);
  await lab.worker.start();
  await killed;
}

async function recovered(lab: Lab, partner: TestPartner): Promise<number> {
  await lab.worker.start();
  const recoveryMs = await allSettled(lab, partner, recoverWithinMs);
  await expectNoOrphans(lab);
  await expectNothingLeft(lab);
  return recoveryMs;
}

/** An upload whose worker is killed again and again: when the track is written, a sample, and before the commit. */
function uploadRow(name: string, fault: string, fields: Readonly<Record<string, string>>): Fault {
  return {
    name,
    fault,
    passesWhen,
    lab: analysisLab,
    longSeconds: 60,
    round: async (lab): Promise<Outcome> => {
      const partner = await lab.partner();
      await upload(lab, partner, 'reference', lab.recordings.minute, fields);
      await settled(partner, 'reference');
      const wanted = await sampleSet(partner, 'reference');
      expectMeasured(wanted);
      await killWorker(lab);
      await upload(lab, partner, 'voice', lab.recordings.minute, fields);
      await killAtWrite(lab, '/analysis.track');
      await killAtWrite(lab, '/samples/2.opus');
      await killBeforeCommit(lab, partner);
      const recoveryMs = await recovered(lab, partner);
      await expectWhole(partner, 'voice', wanted);
      await expectOnce(lab, partner, 'voice');
      return { recoveryMs };
    },
  };
}

function expectMeasured({ samples }: SampleSet): void {
  expect(
    samples.every(({ quality }) => quality !== null),
    'every sample has a quality',
    samples,
  );
}

/** Makes a voice what the last release has left: an original without a track, samples without figures. */
async function forgetTrack(lab: Lab, partner: TestPartner): Promise<void> {
  const [row] = await lab.sql<{ id: string; key: string }>(
    `SELECT v.id, analysis_key AS key FROM voices v JOIN partners p ON p.id = partner_id WHERE p.name = $1`,
    [partner.name],
  );
  await (await lab.storage()).delete([row?.key ?? '']);
  await lab.sql('UPDATE voices SET analysis_key = NULL WHERE id = $1', [row?.id]);
  await lab.sql('UPDATE samples SET quality = NULL WHERE voice_id = $1', [row?.id]);
}

async function askSplit(partner: TestPartner): Promise<void> {
  const fields = { mode: 'speech', sample_duration: 10, max_samples: 100 };
  const answer = await partner.http.post(`${partner.route('voice')}/split`, fields);
  expect(answer.status === 202, 'the split was accepted', answer);
}

/** An original from before, split in pauses: the worker is killed while ffmpeg measures, and while it stores the track. */
const whileMeasuring: Fault = {
  name: 'kill-worker-measure',
  fault: 'kill -9 worker while it measures an original from before',
  passesWhen,
  lab: analysisLab,
  round: async (lab): Promise<Outcome> => {
    const partner = await lab.partner();
    await upload(lab, partner, 'voice', lab.recordings.long);
    await settled(partner, 'voice');
    const splitFromBefore = async (): Promise<void> => {
      await forgetTrack(lab, partner);
      await askSplit(partner);
    };
    await splitFromBefore();
    await settled(partner, 'voice');
    const wanted = await sampleSet(partner, 'voice');

    await killWorker(lab);
    await splitFromBefore();
    await lab.worker.start();
    await jobIs(lab, partner, 'split', `state = 'running'`);
    await waitFor('ffmpeg measures', async () => (await processesNaming(lab.scratch)).length > 0, { everyMs: 5 });
    await killWorker(lab);
    await killAtWrite(lab, '/analysis.track');
    const recoveryMs = await recovered(lab, partner);
    expectSame(await sampleSet(partner, 'voice'), wanted);
    return { recoveryMs };
  },
};

/** The same by the API, for a preview. Nothing may change that a client sees. */
const apiMeasures: Fault = {
  name: 'kill-api-measure',
  fault: 'kill -9 API while it stores the track of an original from before',
  passesWhen: 'the next request has it, nothing of the voice changed but figures, 0 leftover files',
  lab: analysisLab,
  round: async (lab): Promise<Outcome> => {
    const partner = await lab.partner();
    await upload(lab, partner, 'voice');
    await settled(partner, 'voice');
    await forgetTrack(lab, partner);
    const before = await sampleSet(partner, 'voice');
    const preview = () => partner.http.post(`${partner.route('voice')}/split`, { mode: 'speech', dry_run: true });
    const held = s3Of(lab).hold('/analysis.track');
    const lost = preview().catch(() => undefined);
    await waitFor('the API writes the track', () => held() > 0, { timeoutMs: recoverWithinMs, everyMs: 5 });
    lab.api.kill('SIGKILL');
    await lab.api.ended;
    await lost;
    s3Of(lab).mend();
    await lab.api.start();
    const startedAt = performance.now();
    const answer = await preview();
    expect(answer.status === 200, 'the preview was answered', answer);
    const recoveryMs = Math.round(performance.now() - startedAt);
    const after = await sampleSet(partner, 'voice');
    expectMeasured(after);
    expectSame(withoutQuality(after), withoutQuality(before));
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

const withoutQuality = ({ samples, audio }: SampleSet): SampleSet => ({
  samples: samples.map((sample) => ({ ...sample, quality: null })),
  audio,
});

function expectSame(made: SampleSet, wanted: SampleSet): void {
  expect(JSON.stringify(made) === JSON.stringify(wanted), 'exactly the samples of a run without a fault', made.samples);
}

export const killAnalysisFaults: readonly Fault[] = [
  uploadRow('kill-worker-track', 'kill -9 worker between original, analysis track and commit', {}),
  uploadRow('kill-worker-speech', 'kill -9 worker during a split in pauses', {
    split_mode: 'speech',
    split_sample_duration: '10',
  }),
  whileMeasuring,
  apiMeasures,
];
