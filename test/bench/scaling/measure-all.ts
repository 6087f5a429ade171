import path from 'node:path';
import { encodeArguments, xargsEncode } from '../commands.js';
import type { Inputs } from '../inputs.js';
import { seconds } from '../measure.js';
import { costsOf, lookAtStored, type Seen, type Stored } from './costs.js';
import { measureEmbeddings, SeedVoice, submissionsAtATime } from './embeddings.js';
import { machineCpuSeconds } from './processes.js';
import { measureRequests, partnerToAsk, routesToAsk } from './requests.js';
import type { Cost, Curve, Point } from './results.js';
import type { ScalingScale } from './scales.js';
import { workerCounts, type Site } from './site.js';
import { measureSplits } from './splits.js';

/** Collects the rates of a load by the number of processes. */
class Rates {
  private readonly seen = new Map<number, { readonly values: number[]; readonly machine: number[] }>();

  add(processes: number, rate: number, machine: number): void {
    const point = this.seen.get(processes) ?? { values: [], machine: [] };
    point.values.push(rate);
    point.machine.push(machine);
    this.seen.set(processes, point);
  }

  get points(): readonly Point[] {
    const all = [...this.seen].map(([processes, point]) => ({ processes, ...point }));
    return all.sort((one, other) => one.processes - other.processes);
  }
}

/** Measurements with a single worker. The costs are computed from them. */
type OfOneWorker = Pick<Seen, 'splits' | 'stored' | 'embeddings'>;

/**
 * Measures an installation. Runs every load with 4, 2 and 1 workers, in reverse order in the next round, so that other
 * load on the machine affects all of them. Then sends requests to 1 and 2 APIs.
 */
export async function measureAll(
  site: Site,
  scale: ScalingScale,
  inputs: Inputs,
): Promise<{ readonly curves: readonly Curve[]; readonly costs: readonly Cost[] }> {
  const { curves, ofOneWorker } = await measureWorkers(site, scale, inputs);
  const { curve, seen } = await measureApis(site, scale);
  const all: Seen = { ...ofOneWorker, ...seen, recordingSeconds: scale.recordingSeconds };
  return { curves: [...curves, curve], costs: await costsOf(site, all, scale.seededVoices) };
}

async function measureWorkers(
  site: Site,
  scale: ScalingScale,
  inputs: Inputs,
): Promise<{ readonly curves: readonly Curve[]; readonly ofOneWorker: OfOneWorker }> {
  const { recordings: count, recordingSeconds, gpuMs, answerMs } = scale;
  const file = await inputs.stereoWav(recordingSeconds);
  const seed = await SeedVoice.make(site, await inputs.monoWav(5));
  const rates = { splits: new Rates(), bare: new Rates(), waiting: new Rates(), busy: new Rates() };
  let stored: Stored | undefined;
  let ofOneWorker: OfOneWorker | undefined;
  for (let round = 0; round < scale.rounds; round++) {
    for (const workers of round % 2 === 0 ? [...workerCounts].reverse() : workerCounts) {
      await site.runWorkers(workers);
      const splits = await measureSplits(site, { workers, file, count }, async (partner) => {
        stored = await lookAtStored(site, partner);
      });
      const bare = await bareEncodes(site, file, workers, Math.ceil(count / 2));
      const embeddings = Math.max(scale.embeddings, submissionsAtATime + 2) * workers;
      const waiting = await measureEmbeddings(site, seed, { workers, count: embeddings, gpuMs, answerMs });
      const busy = await measureEmbeddings(site, seed, { workers, count: 2 * embeddings, gpuMs, answerMs: 0 });
      rates.splits.add(workers, splits.perMinute, splits.cpu.machine);
      rates.bare.add(workers, bare.perMinute, bare.machine);
      rates.waiting.add(workers, waiting.perMinute, waiting.cpu.machine);
      rates.busy.add(workers, busy.perMinute, busy.cpu.machine);
      if (workers === 1 && stored !== undefined) ofOneWorker = { splits, stored, embeddings: busy };
      const seen = [splits, bare, waiting, busy].map(({ perMinute }) => perMinute.toFixed(1));
      console.log(
        `${workers} workers: splits, without Timbre, embeddings waiting, embeddings: ${seen.join(', ')} a minute`,
      );
    }
  }
  if (ofOneWorker === undefined) throw new Error('Nothing was measured with one worker');
  const curve = { unit: 'a minute', per: 'workers' } as const;
  const reference = {
    name: 'the same encodes by xargs -P ffmpeg, as many at a time as there are workers',
    points: rates.bare.points,
  };
  const curves: Curve[] = [
    { ...curve, name: `splits of ${recordingSeconds} s, one ffmpeg a worker`, points: rates.splits.points, reference },
    { ...curve, name: `embeddings, RunPod answers after ${answerMs / 1000} s`, points: rates.waiting.points },
    { ...curve, name: 'embeddings, RunPod answers at once', points: rates.busy.points },
  ];
  return { curves, ofOneWorker };
}

/** Returns the rate of the same encodes without Timbre. */
async function bareEncodes(
  site: Site,
  file: string,
  processes: number,
  count: number,
): Promise<{ readonly perMinute: number; readonly machine: number }> {
  const { folder, tools } = site.cluster;
  const encodes = Array.from({ length: count }, (_, at) => encodeArguments(file, path.join(folder, `bare-${at}.opus`)));
  const before = machineCpuSeconds();
  const took = await seconds(() => xargsEncode(tools, processes, encodes));
  return { perMinute: (count / took) * 60, machine: site.shareOfCores(machineCpuSeconds() - before, took) };
}

async function measureApis(
  site: Site,
  { requests: count, rounds }: ScalingScale,
): Promise<{ readonly curve: Curve; readonly seen: Pick<Seen, 'details' | 'list'> }> {
  const partner = await partnerToAsk(site);
  const { details: route, list } = routesToAsk(partner);
  const rates = new Rates();
  let details: Seen['details'] | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const apis of [1, 2]) {
      const measured = await measureRequests(site, partner, { apis, route, count });
      rates.add(apis, measured.perSecond, measured.cpu.machine);
      if (apis === 1) details = measured;
    }
  }
  if (details === undefined) throw new Error('Nothing was measured with one API');
  const listed = await measureRequests(site, partner, { apis: 1, route: list, count: Math.ceil(count / 4) });
  const name = 'requests for details, clients on the same cores';
  return { curve: { name, unit: 'a second', per: 'APIs', points: rates.points }, seen: { details, list: listed } };
}
