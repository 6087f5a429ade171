import path from 'node:path';
import type { BenchCase, Lab, Row } from '../bench-case.js';
import { pauseEmbeddings } from '../bench-stack.js';
import { cpuSecondsOf, encodeArguments, run, xargsEncode } from '../commands.js';
import { cpuOf, inTurns, median, seconds } from '../measure.js';
import { isSplit, voiceIs } from '../progress.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { fileSource, uploadVoice } from '../upload.js';

const sampleSeconds = 15;
const samplesOf = (recordingSeconds: number): number => Math.min(25, Math.floor(recordingSeconds / sampleSeconds));

/** Uploads a recording. @returns the voice's name */
async function upload(partner: TestPartner, file: string, round: number | string): Promise<string> {
  const name = `${path.basename(file)} ${round}`;
  await uploadVoice(partner, name, await fileSource(file));
  return name;
}

const workerCpu = ({ stack }: Lab): number => {
  const { own, children } = cpuOf(stack.parts.worker.pid);
  return own + children;
};

/** Converts one recording to original and samples. Measures its CPU time, and its wall time on an idle worker. */
export const encodeOnce: BenchCase = {
  name: 'encode-once',
  async run(lab) {
    const file = await lab.inputs.stereoWav(lab.scale.hourSeconds);
    const partner = await makePartner(lab.stack.address);
    await pauseEmbeddings(lab.stack);
    const wall: number[] = [];
    const ours = async (round: number): Promise<number> => {
      const name = await upload(partner, file, round);
      const before = workerCpu(lab);
      wall.push(await seconds(() => voiceIs(partner, name, 'is split', isSplit, 100)));
      const cpu = workerCpu(lab) - before;
      await partner.http.delete(partner.route(name));
      return cpu;
    };
    const output = path.join(lab.folder, 'whole.opus');
    const halves = { wall: [] as number[], cpu: [] as number[] };
    const reference = async (): Promise<number> => {
      const cpu = await cpuSecondsOf(() => run(lab.tools.ffmpeg.path, encodeArguments(file, output)));
      const timed = async (): Promise<unknown> => halves.wall.push(await seconds(() => encodeHalves(lab, file)));
      halves.cpu.push(await cpuSecondsOf(timed));
      return cpu;
    };
    const cpu = await inTurns(lab.scale.rounds, ours, reference);
    return [
      {
        name: `${lab.scale.hourSeconds} s stereo WAV to original, analysis track and ${samplesOf(lab.scale.hourSeconds)} samples, CPU`,
        unit: 's',
        ours: { name: 'worker and its ffmpegs, from upload answered to split', values: cpu.ours },
        reference: { name: 'one ffmpeg encode', values: cpu.reference },
        target: { at: 'most', value: 1.1 },
        notes: [`the two halves side by side cost ${median(halves.cpu).toFixed(1)} s: what the other core's work adds`],
      },
      {
        name: 'the same, wall, alone on the worker',
        unit: 's',
        ours: { name: 'from upload answered to split', values: wall },
        reference: { name: 'two halves by xargs -P2 ffmpeg', values: halves.wall },
        target: { at: 'most', value: 1.15 },
      },
    ];
  },
};

function encodeHalves({ tools, folder, scale }: Lab, file: string): Promise<void> {
  const half = String(scale.hourSeconds / 2);
  return xargsEncode(tools, 2, [
    encodeArguments(file, path.join(folder, 'first.opus'), ['-t', half, '-ss', '0']),
    encodeArguments(file, path.join(folder, 'second.opus'), ['-t', half, '-ss', half]),
  ]);
}

/** Measures when samples appear. A long recording must not take longer than one that just fills all samples. */
export const samplesFirst: BenchCase = {
  name: 'samples-first',
  async run({ inputs, scale, stack }): Promise<readonly Row[]> {
    const [hour, sevenMinutes] = [
      await inputs.stereoWav(scale.hourSeconds),
      await inputs.stereoWav(scale.sevenMinutesSeconds),
    ];
    const partner = await makePartner(stack.address);
    await pauseEmbeddings(stack);
    const untilSamples = (file: string, length: number) => async (round: number) => {
      const name = await upload(partner, file, round);
      const took = await seconds(() =>
        voiceIs(partner, name, 'has samples', ({ samples }) => samples.length === samplesOf(length), 20),
      );
      await voiceIs(partner, name, 'is split', isSplit);
      return took;
    };
    const measured = await inTurns(
      scale.rounds,
      untilSamples(hour, scale.hourSeconds),
      untilSamples(sevenMinutes, scale.sevenMinutesSeconds),
    );
    return [
      {
        name: 'upload answered to 25 samples visible',
        unit: 's',
        ours: { name: `${scale.hourSeconds} s recording`, values: measured.ours },
        reference: { name: `${scale.sevenMinutesSeconds} s recording`, values: measured.reference },
        target: { at: 'most', value: 1.15 },
      },
    ];
  },
};

/** Compares a re-split, which cuts packets, with encoding the samples again. */
export const resplit: BenchCase = {
  name: 'resplit',
  async run({ inputs, scale, stack, tools, folder }): Promise<readonly Row[]> {
    const file = await inputs.stereoWav(scale.hourSeconds);
    const partner = await makePartner(stack.address);
    const name = await upload(partner, file, 'resplit');
    const isIdle = ({
      status,
    }: {
      readonly status: { readonly splitting: string; readonly embedding: string };
    }): boolean => status.splitting === 'completed' && status.embedding !== 'in_progress';
    await voiceIs(partner, name, 'is finished', isIdle);
    const split = async (fields: object): Promise<number> => {
      const body = { max_samples: 25, sample_duration: sampleSeconds, ...fields };
      return seconds(async () => {
        const answer = await partner.http.post(`${partner.route(name)}/split`, body);
        if (answer.status !== 202) throw new Error(`split: ${answer.status} ${JSON.stringify(answer.body)}`);
        await voiceIs(partner, name, 'is split again', isIdle, 20);
      });
    };
    const encodePieces = async (): Promise<void> => {
      for (let at = 0; at < samplesOf(scale.hourSeconds); at++) {
        const part = ['-ss', String(at * sampleSeconds), '-t', String(sampleSeconds)];
        await run(tools.ffmpeg.path, encodeArguments(file, path.join(folder, `piece-${at}.opus`), part));
      }
    };
    const rounds = Math.max(scale.rounds, 3);
    const measured = await inTurns(
      rounds,
      () => split({ mode: 'fixed' }),
      () => seconds(encodePieces),
    );
    const inPauses: number[] = [];
    const best: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      inPauses.push(await split({ mode: 'speech' }));
      best.push(await split({ mode: 'speech', select: 'best' }));
    }
    const label = `re-split of ${scale.hourSeconds} s into ${samplesOf(scale.hourSeconds)} x ${sampleSeconds} s`;
    const reference = { name: 'ffmpeg encodes of the pieces, one after the other', values: measured.reference };
    const row = (what: string, values: readonly number[], most: number): Row => {
      const ours = { name: 'POST split to completed', values };
      return { name: `${label}${what}`, unit: 's', ours, reference, target: { at: 'most', value: most } };
    };
    const ours = { name: 'POST split to completed', values: measured.ours };
    return [
      row('', measured.ours, 0.08),
      { name: `${label}, seconds`, unit: 's', ours, target: { at: 'most', value: 0.5 } },
      row(', in pauses', inPauses, 0.1),
      row(', in pauses, the best', best, 0.1),
    ];
  },
};
