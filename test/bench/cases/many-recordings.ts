import path from 'node:path';
import { ManagedProcess, serviceEnvironment, workerProcess } from '#libs/local-services';
import { forEachLimited } from '#libs/service';
import { makePartner } from '../../support/shared-stack.js';
import type { Stack } from '../../support/stack.js';
import type { BenchCase, Lab, Row } from '../bench-case.js';
import { pauseEmbeddings, startBenchStack } from '../bench-stack.js';
import { encodeArguments, xargsEncode } from '../commands.js';
import { cpuOf, inTurns, seconds } from '../measure.js';
import { countIs } from '../progress.js';
import { fileSource, uploadVoice } from '../upload.js';

/** Uploads the same recording as many voices. The result waits until all of them are split. */
async function uploadMany(
  stack: Stack,
  file: string,
  count: number,
): Promise<{ readonly allSplit: () => Promise<void> }> {
  const partner = await makePartner(stack.address);
  const source = await fileSource(file);
  const names = Array.from({ length: count }, (_, at) => `voice ${at}`);
  await forEachLimited(names, 4, (name) => uploadVoice(partner, name, source));
  const statement =
    `SELECT count(*)::int AS n FROM voices v JOIN partners p ON p.id = v.partner_id ` +
    `WHERE p.name = '${partner.name}' AND v.splitting_status = 'completed'`;
  return { allSplit: () => countIs(stack.address.databaseUrl, statement, count) };
}

/** Returns the seconds that workers, started together, need to split all waiting recordings. */
async function drain(stack: Stack, workers: readonly ManagedProcess[], file: string, count: number): Promise<number> {
  const { allSplit } = await uploadMany(stack, file, count);
  await Promise.all(workers.map((worker) => worker.start()));
  const took = await seconds(allSplit);
  await Promise.all(workers.map((worker) => worker.stop()));
  return took;
}

function encodesOf({ folder }: Lab, file: string, count: number): string[][] {
  return Array.from({ length: count }, (_, at) => encodeArguments(file, path.join(folder, `minute-${at}.opus`)));
}

/** Splits a queue of recordings with one worker that uses both cores. */
export const throughput: BenchCase = {
  name: 'throughput',
  async run(lab): Promise<readonly Row[]> {
    const { inputs, scale, stack, tools } = lab;
    const file = await inputs.stereoWav(scale.minuteSeconds);
    const { worker } = stack.parts;
    await pauseEmbeddings(stack);
    await worker.stop();
    const measured = await inTurns(
      scale.rounds,
      () => drain(stack, [worker], file, scale.minuteRecordings),
      () => seconds(() => xargsEncode(tools, 2, encodesOf(lab, file, scale.minuteRecordings))),
    );
    return [
      {
        name: `${scale.minuteRecordings} recordings of ${scale.minuteSeconds} s through 1 worker, wall`,
        unit: 's',
        ours: { name: 'worker ready to all split', values: measured.ours },
        reference: { name: 'the same encodes by xargs -P2 ffmpeg', values: measured.reference },
        target: { at: 'most', value: 1.15 },
        notes: ['splitting only: the queue of embeddings is paused'],
      },
    ];
  },
};

/** Measures the worker's own CPU time for a short job, without ffmpeg. */
export const overhead: BenchCase = {
  name: 'overhead',
  async run({ inputs, scale, stack }): Promise<readonly Row[]> {
    const file = await inputs.monoWav(1);
    const { worker } = stack.parts;
    const before = cpuOf(worker.pid);
    const { allSplit } = await uploadMany(stack, file, scale.secondRecordings);
    await allSplit();
    const active = `SELECT count(*)::int AS n FROM jobs WHERE state IN ('queued', 'running', 'waiting')`;
    await countIs(stack.address.databaseUrl, active, 0);
    const after = cpuOf(worker.pid);
    const perRecording = ((after.own - before.own) / scale.secondRecordings) * 1000;
    const ffmpeg = ((after.children - before.children) / scale.secondRecordings) * 1000;
    return [
      {
        name: `${scale.secondRecordings} recordings of 1 s, CPU a job outside ffmpeg`,
        unit: 'ms',
        ours: { name: 'worker process; a recording is two jobs, split and embed', values: [perRecording / 2] },
        target: { at: 'most', value: 40 },
        notes: [`${perRecording.toFixed(1)} ms a recording, and ${ffmpeg.toFixed(1)} ms in its ffmpeg`],
      },
    ];
  },
};

/** Compares two workers with one. */
export const workers: BenchCase = {
  name: 'workers',
  async run(lab): Promise<readonly Row[]> {
    const { inputs, scale, tools } = lab;
    const file = await inputs.stereoWav(scale.minuteSeconds);
    const count = Math.ceil(scale.minuteRecordings / 4); // four runs per round
    const stack = await startBenchStack({ workerEnv: { FFMPEG_PROCESSES: '1' } });
    try {
      await pauseEmbeddings(stack);
      const first = stack.parts.worker;
      await first.stop();
      const second = secondWorker(stack, lab);
      const gain = async (one: () => Promise<number>, two: () => Promise<number>): Promise<number> =>
        (await one()) / (await two());
      const drained = (running: readonly ManagedProcess[]) => () => drain(stack, running, file, count);
      const encoded = (processes: number) => () =>
        seconds(() => xargsEncode(tools, processes, encodesOf(lab, file, count)));
      const measured = await inTurns(
        scale.rounds,
        () => gain(drained([first]), drained([first, second])),
        () => gain(encoded(1), encoded(2)),
      );
      return [
        {
          name: 'workers 1 to 2, one ffmpeg each, gain',
          unit: 'x',
          ours: { name: `${count} recordings of ${scale.minuteSeconds} s`, values: measured.ours },
          reference: { name: 'xargs -P1 to -P2', values: measured.reference },
          target: { at: 'least', value: 0.9 },
        },
      ];
    } finally {
      await stack.stop();
    }
  },
};

/** Starts another worker of the same installation. */
function secondWorker(stack: Stack, { tools }: Lab): ManagedProcess {
  const { address } = stack;
  const api = new URL(address.baseUrl);
  const environment = serviceEnvironment(
    { PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_FORMAT: 'json', FFMPEG_PROCESSES: '1' },
    {
      port: Number(api.port),
      address: api.origin,
      dataDir: address.dataDir,
      databaseUrl: address.databaseUrl,
      redisUrl: address.redisUrl,
      runpodBaseUrl: `${address.emulatorUrl}/v2`,
      runpodApiKey: address.emulatorKey,
      adminApiKey: address.adminKey,
      ffmpegPath: tools.ffmpeg.path,
      ffprobePath: tools.ffprobe.path,
    },
  );
  return new ManagedProcess(workerProcess(environment), { onLine: () => undefined });
}
