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

/** Uploads a recording. @returns its name */
async function upload(partner: TestPartner, file: string, round: number | string): Promise<string> {
  const name = `${path.basename(file)} ${round}`;
  await uploadVoice(partner, name, await fileSource(file));
  return name;
}

const workerCpu = ({ stack }: Lab): number => {
  const { own, children } = cpuOf(stack.parts.worker.pid);
  return own + children;
};

/** One recording to original and samples: what it costs, and how long it takes alone on the worker. */
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
        name: `${lab.scale.hourSeconds} s stereo WAV to original and ${samplesOf(lab.scale.hourSeconds)} samples, CPU`,
        unit: 's',
        ours: { name: 'worker and its ffmpegs, from upload answered to split', values: cpu.ours },
        reference: { name: 'one ffmpeg encode', values: cpu.reference },
        target: { at: 'most', value: 1.05 },
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

/** How soon samples are there: no later for a long recording than for one they fill. */
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

/** Cutting packets against encoding again. */
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
    const split = async (): Promise<void> => {
      const body = { max_samples: 25, sample_duration: sampleSeconds };
      const answer = await partner.http.post(`${partner.route(name)}/split`, body);
      if (answer.status !== 202) throw new Error(`split: ${answer.status} ${JSON.stringify(answer.body)}`);
      await voiceIs(partner, name, 'is split again', isIdle);
    };
    const encodePieces = async (): Promise<void> => {
      for (let at = 0; at < samplesOf(scale.hourSeconds); at++) {
        const part = ['-ss', String(at * sampleSeconds), '-t', String(sampleSeconds)];
        await run(tools.ffmpeg.path, encodeArguments(file, path.join(folder, `piece-${at}.opus`), part));
      }
    };
    const measured = await inTurns(
      Math.max(scale.rounds, 3),
      () => seconds(split),
      () => seconds(encodePieces),
    );
    const ours = { name: 'POST split to completed', values: measured.ours };
    const label = `re-split of ${scale.hourSeconds} s into ${samplesOf(scale.hourSeconds)} x ${sampleSeconds} s`;
    return [
      {
        name: label,
        unit: 's',
        ours,
        reference: { name: 'ffmpeg encodes of the pieces, one after the other', values: measured.reference },
        target: { at: 'most', value: 0.08 },
      },
      { name: `${label}, seconds`, unit: 's', ours, target: { at: 'most', value: 0.5 } },
    ];
  },
};
