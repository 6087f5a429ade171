import { makePartner } from '../../support/shared-stack.js';
import type { BenchCase, Row } from '../bench-case.js';
import { pauseEmbeddings } from '../bench-stack.js';
import { cpuOf, megabytes, watchMemory } from '../measure.js';
import { isSplit, voiceIs } from '../progress.js';
import { fileSource, uploadVoice } from '../upload.js';

/** Limits for a recording of four hours, once its analysis track was read. */
const maxCpuMs = 50;
const maxGrowthBytes = 32e6;

interface Request {
  readonly name: string;
  /** What follows the voice's URL. */
  readonly path: string;
  /** Sent with POST if there are any. */
  readonly fields: Readonly<Record<string, unknown>> | null;
}

const speech = { dry_run: true, mode: 'speech', max_samples: 100 };

const requests: readonly Request[] = [
  { name: 'GET waveform, 1,000 points', path: '/waveform', fields: null },
  { name: 'GET waveform, 10,000 points', path: '/waveform?points=10000', fields: null },
  { name: 'dry run, fixed', path: '/split', fields: { dry_run: true, max_samples: 100 } },
  { name: 'dry run, speech', path: '/split', fields: speech },
  { name: 'dry run, speech, best', path: '/split', fields: { ...speech, select: 'best' } },
];

/** Measures the API's CPU time and memory for what a person does before a split of a long recording. */
export const previews: BenchCase = {
  name: 'previews',
  async run({ stack, scale, inputs }): Promise<readonly Row[]> {
    const partner = await makePartner(stack.address);
    await pauseEmbeddings(stack);
    await uploadVoice(partner, 'long', await fileSource(await inputs.monoWav(scale.longestSeconds)));
    await voiceIs(partner, 'long', 'is split', isSplit);
    const pid = stack.parts.api.pid ?? 0;
    const send = async ({ path, fields }: Request): Promise<void> => {
      const route = partner.route('long') + path;
      const { status } = await (fields === null ? partner.http.get(route) : partner.http.post(route, fields));
      if (status !== 200) throw new Error(`${route}: ${status}`);
    };
    const cpuMs = async (request: Request): Promise<number> => {
      const before = cpuOf(pid).own;
      for (let sent = 0; sent < scale.previews; sent += 1) await send(request);
      return ((cpuOf(pid).own - before) / scale.previews) * 1000;
    };
    for (const request of requests) await cpuMs(request); // reads the track, and lets the code be compiled
    const measured = new Map<string, number[]>(requests.map(({ name }) => [name, []]));
    const measureAll = async (): Promise<void> => {
      for (const request of requests) measured.get(request.name)?.push(await cpuMs(request));
    };
    await measureAll(); // V8 lets its heap grow with the first garbage
    const grown = watchMemory(pid);
    for (let round = 1; round < Math.max(scale.rounds, 3); round += 1) await measureAll();
    const growth = grown();
    return [
      ...[...measured].map(([name, values]): Row => ({
        name: `${name}, of ${scale.longestSeconds} s, CPU a request`,
        unit: 'ms',
        ours: { name: 'API', values },
        target: { at: 'most', value: maxCpuMs },
      })),
      {
        name: 'the API grows with more of them by',
        unit: 'MB',
        ours: {
          name: `${requests.length * (Math.max(scale.rounds, 3) - 1) * scale.previews} requests`,
          values: [growth / 1e6],
        },
        target: { at: 'most', value: maxGrowthBytes / 1e6 },
        notes: [`its peak was ${megabytes(growth)} above what it used before`],
      },
    ];
  },
};
