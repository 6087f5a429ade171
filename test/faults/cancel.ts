import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPartner } from '../support/shared-stack.js';
import { formWithFile } from '../support/http.js';
import { settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { expectNoOrphans, expectWhole, sampleSet } from './checks.js';
import { expectNothingLeft } from './collection.js';
import {
  abandoned,
  cancel,
  cancelledOnGpu,
  deleteByForce,
  erased,
  results,
  underWay,
  type WorkUnderWay,
} from './ending.js';
import { expect, type Fault, type Outcome, type Round } from './fault.js';
import type { Lab, LabOptions } from './lab.js';
import { reference } from './reference.js';
import { upload } from './uploads.js';

const passesWhen =
  'unlocked or gone when the answer arrives, within 1 s, nothing of the ended work visible afterwards, GPU job cancelled, bytes of the deleted ' +
  'voice gone within 60 s, 0 ffmpeg processes, 0 leftover files';

/** Objects are in S3, where a write can be held until both voices are at the same stage. */
const s3Lab: LabOptions = { s3: true };

/** How long the ends of work have taken. */
class Times {
  private longestMs = 0;
  readonly add = (tookMs: number): void => void (this.longestMs = Math.max(this.longestMs, tookMs));
  outcome(): Outcome {
    return { note: `unlocked or gone after at most ${this.longestMs} ms` };
  }
}

/** Uploads ten minutes of speech and waits until a slow ffmpeg works on them. */
async function convert(
  lab: Lab,
  partner: TestPartner,
  voice: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<WorkUnderWay> {
  await lab.ffmpeg.become('slow');
  const before = await lab.ffmpeg.began('slow');
  await upload(lab, partner, voice, lab.recordings.long, fields);
  const hasBegun = async (): Promise<boolean> => (await lab.ffmpeg.began('slow')) > before;
  await waitFor(`ffmpeg works on ${voice}`, hasBegun, { timeoutMs: 30_000, everyMs: 5 });
  return underWay(lab, partner, voice, 'split', `state = 'running'`);
}

/** A first split whose one sample is committed while the rest is converted. Its embedding waits on the GPU. */
async function convertTheRest(lab: Lab, partner: TestPartner, voice: string): Promise<WorkUnderWay> {
  await convert(lab, partner, voice, { split_max_samples: '1', split_sample_duration: '5' });
  await underWay(lab, partner, voice, 'embed', `state = 'waiting' AND runpod_job_id IS NOT NULL`);
  return underWay(lab, partner, voice, 'split', `state = 'running' AND stage = 'original'`);
}

const converting: Fault = {
  name: 'cancel-convert',
  fault:
    'a voice is cancelled, and another deleted by force, while ffmpeg converts: before and after the first samples',
  passesWhen: `${passesWhen}; a cancelled recording can be split again`,
  inShort: 'one cancelled before its samples, one deleted after them',
  longSeconds: 60,
  round: async (lab, round) => {
    const [partner, times] = [await lab.partner(), new Times()];
    await lab.emulator.befall({ partner: partner.name }, { kind: 'hold' });
    const both = ['cancel', 'delete'] as const;
    const ends = round.pick(
      [
        ['samples', 'cancel'],
        ['original', 'delete'],
      ] as const,
      [...both.map((end) => ['samples', end] as const), ...both.map((end) => ['original', end] as const)],
    );
    const endings: Promise<void>[] = [];
    for (const [stage, end] of ends) {
      const voice = `${stage} ${end}`;
      const work = await (stage === 'samples' ? convert : convertTheRest)(lab, partner, voice);
      await sleep(round.pick(0, Math.random() * 2_000));
      const endedAt = performance.now();
      times.add(await (end === 'cancel' ? cancel : deleteByForce)(partner, work, round));
      const seen = end === 'cancel' ? await results(partner, voice) : '';
      await expectNoOrphans(lab);
      await abandoned(lab, work);
      if (stage === 'original') await cancelledOnGpu(lab, partner, work);
      if (end === 'delete') endings.push(inTime(erased(lab, work, endedAt)));
      else expect((await results(partner, voice)) === seen, `${voice}: nothing more is visible`, { seen });
    }
    await Promise.all(endings);
    await lab.ffmpeg.become('real');
    if (!round.short) await splitAgain(lab, partner, 'samples cancel');
    await expectNothingLeft(lab);
    return times.outcome();
  },
};

/** A promise that is awaited later. */
function inTime<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function splitAgain(lab: Lab, partner: TestPartner, voice: string): Promise<void> {
  await lab.emulator.relieve({ partner: partner.name });
  const again = await partner.http.post(`${partner.route(voice)}/split`);
  expect(again.status === 202, 'the recording can be split again', again);
  await settled(partner, voice, 120_000);
  await expectWhole(partner, voice, await reference(lab, 'long'));
}

/** A stage of work that two voices are brought to. */
interface Stage {
  readonly name: string;
  readonly kind: WorkUnderWay['kind'];
  /** The condition of the job's row. */
  readonly condition: string;
  /** Prepares the place where the work is to stop. @returns whether both voices are there */
  hold(lab: Lab, partner: TestPartner): Promise<() => boolean | Promise<boolean>>;
  /** Lets it go on. */
  release(lab: Lab): void | Promise<void>;
  /** Whether the GPU side has a job, which is to be cancelled. */
  readonly onGpu: boolean;
  /** Whether a worker holds the claim, which it is to find lost. */
  readonly isClaimed: boolean;
}

const heldOnGpu = async (lab: Lab, partner: TestPartner): Promise<() => Promise<boolean>> => {
  const before = (await lab.emulator.jobs({ partner: partner.name })).length;
  await lab.emulator.befall({ partner: partner.name }, { kind: 'hold' });
  return async () => (await lab.emulator.jobs({ partner: partner.name })).length === before + 2;
};

const heldWrites = (lab: Lab, keyEnd: string): (() => boolean) => {
  expect(lab.s3 !== undefined, 'the lab has an S3 server');
  const held = lab.s3.hold(keyEnd);
  return () => held() >= 2;
};

const stages: readonly Stage[] = [
  {
    name: 'cutting',
    kind: 'split',
    condition: `state = 'running'`,
    hold: async (lab) => heldWrites(lab, '/samples/1.opus'),
    release: (lab) => lab.s3?.mend(),
    onGpu: false,
    isClaimed: true,
  },
  {
    name: 'submitting',
    kind: 'embed',
    condition: `state = 'running' AND submitted_at IS NOT NULL AND runpod_job_id IS NULL`,
    hold: async (lab, partner) => {
      const areThere = await heldOnGpu(lab, partner);
      lab.gpu.keepAnswers();
      return areThere;
    },
    release: (lab) => lab.gpu.pass(),
    onGpu: true,
    isClaimed: true,
  },
  {
    name: 'waiting',
    kind: 'embed',
    condition: `state = 'waiting' AND runpod_job_id IS NOT NULL`,
    hold: heldOnGpu,
    release: () => undefined,
    onGpu: true,
    isClaimed: false,
  },
  {
    name: 'collecting',
    kind: 'embed',
    condition: `state = 'running' AND stage = 'collect'`,
    hold: async (lab, partner) => {
      await lab.emulator.relieve({ partner: partner.name });
      return heldWrites(lab, '/2/embeddings/1.safetensors'); // generation 1 is the inbox
    },
    release: (lab) => lab.s3?.mend(),
    onGpu: false,
    isClaimed: true,
  },
];

/** Creates the voice that is deleted at a stage. A split needs a recording, an embedding only a sample. */
async function voiceFor({ name, kind }: Stage, lab: Lab, partner: TestPartner): Promise<void> {
  if (kind === 'split') return upload(lab, partner, name);
  const made = await partner.http.post(`${partner.route()}/empty`, { name });
  expect(made.status === 201, `${name} was created`, made);
  const added = await partner.http.post(`${partner.route(name)}/samples`, await formWithFile(lab.recordings.tiny));
  expect(added.status === 201, `${name} has a sample`, added);
}

/** Cancels `kept` and deletes another voice at one stage. @returns what ends when the deleted one is erased */
async function endBoth(
  stage: Stage,
  lab: Lab,
  partner: TestPartner,
  round: Round,
  times: Times,
): Promise<{ readonly erasure: Promise<void> }> {
  const areThere = await stage.hold(lab, partner);
  const begin = async (voice: string): Promise<void> => {
    const body = stage.kind === 'split' ? { sample_duration: 5 } : {};
    const begun = await partner.http.post(`${partner.route(voice)}/${stage.kind}`, body);
    expect(begun.status === 202, `${stage.kind} of ${voice} has begun`, begun);
  };
  await begin('kept');
  await begin(stage.name);
  await waitFor(`both are ${stage.name}`, areThere, { timeoutMs: 30_000, everyMs: 20 });
  const kept = await underWay(lab, partner, 'kept', stage.kind, stage.condition);
  const gone = await underWay(lab, partner, stage.name, stage.kind, stage.condition);
  times.add(await cancel(partner, kept, round));
  const deletedAt = performance.now();
  times.add(await deleteByForce(partner, gone, round));
  // After some of these pauses the worker knows that its claim is lost. After the others it finds out when it commits.
  await sleep(round.pick(0, Math.random() * 4_000));
  await stage.release(lab);
  if (stage.isClaimed) await Promise.all([abandoned(lab, kept), abandoned(lab, gone)]);
  if (stage.onGpu) await Promise.all([cancelledOnGpu(lab, partner, kept), cancelledOnGpu(lab, partner, gone)]);
  return { erasure: inTime(erased(lab, gone, deletedAt)) };
}

const elsewhere: Fault = {
  name: 'cancel-stages',
  fault: `a voice is cancelled and another deleted by force at each stage: ${stages.map(({ name }) => name).join(', ')}`,
  passesWhen,
  lab: s3Lab,
  round: async (lab, round) => {
    const [partner, times] = [await lab.partner(), new Times()];
    await upload(lab, partner, 'kept');
    await Promise.all(stages.map((stage) => voiceFor(stage, lab, partner)));
    await Promise.all([settled(partner, 'kept'), settled(partner, 'cutting')]);
    const [before, audio] = [await results(partner, 'kept'), await sampleSet(partner, 'kept')];
    const erasures: Promise<void>[] = [];
    for (const stage of stages) {
      const { erasure } = await endBoth(stage, lab, partner, round, times);
      erasures.push(erasure);
      const after = await results(partner, 'kept');
      expect(after === before, `nothing of what was cancelled is visible: ${stage.name}`, { before, after });
    }
    await Promise.all(erasures);
    const made = await sampleSet(partner, 'kept');
    expect(JSON.stringify(made) === JSON.stringify(audio), 'the samples are the same, byte for byte');
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return times.outcome();
  },
};

export const cancelFaults: readonly Fault[] = [converting, elsewhere];
