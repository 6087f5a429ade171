import path from 'node:path';
import {
  encodeRecording,
  EncodeSlots,
  encodeToFile,
  measureRecording,
  probeRecording,
  recordingLimits,
  type RecordingFacts,
} from '#libs/audio';
import type { BenchCase, Lab } from '../bench-case.js';
import { encodeArguments, run } from '../commands.js';
import { cpuOf, inTurns } from '../measure.js';

/** Returns the CPU seconds of this process and of all programs that `work` runs to their end. */
async function cpuSecondsHere(work: () => Promise<unknown>): Promise<number> {
  const before = cpuOf('self');
  await work();
  const after = cpuOf('self');
  return after.own + after.children - before.own - before.children;
}

/** Encodes with one ffmpeg at a time, as the reference does. */
async function encode(lab: Lab, inputPath: string, facts: RecordingFacts): Promise<void> {
  const { tools, folder, scale } = lab;
  const limits = recordingLimits(scale.hourSeconds);
  const slots = new EncodeSlots(1);
  const encoding = await encodeRecording({ tools, inputPath, facts, workFolder: folder, limits, slots });
  let packets = 0;
  for await (const batch of encoding.batches) packets += batch.length;
  const frames = encoding.track()?.level.length ?? 0;
  if (frames !== packets - 1) throw new Error(`${frames} frames for ${packets} packets, of which one is padding`);
}

/** Measures what the analysis track costs: while the recording is encoded, and when a stored original lacks one. */
export const analysisTrack: BenchCase = {
  name: 'analysis-track',
  async run(lab) {
    const { inputs, scale, tools, folder } = lab;
    const inputPath = await inputs.stereoWav(scale.hourSeconds);
    const limits = recordingLimits(scale.hourSeconds);
    const facts = await probeRecording({ tools, inputPath, limits });
    const original = path.join(folder, 'original.opus');
    const common = { tools, workFolder: folder, limits };
    await encodeToFile({ ...common, inputPath, facts, outputPath: original, serial: 1 });

    const plain = path.join(folder, 'plain.opus');
    const measuring: number[] = [];
    const encoding = await inTurns(
      scale.rounds,
      async () => {
        measuring.push(await cpuSecondsHere(() => measureRecording({ ...common, inputPath: original })));
        return cpuSecondsHere(() => encode(lab, inputPath, facts));
      },
      () => cpuSecondsHere(() => run(tools.ffmpeg.path, encodeArguments(inputPath, plain))),
    );
    const reference = { name: 'one plain ffmpeg encode', values: encoding.reference };
    return [
      {
        name: `${scale.hourSeconds} s stereo WAV to packets and analysis track, one ffmpeg at a time, CPU`,
        unit: 's',
        ours: { name: 'encodeRecording: its ffmpeg and this process', values: encoding.ours },
        reference,
        target: { at: 'most', value: 1.1 },
      },
      {
        name: `analysis track of a stored original of ${scale.hourSeconds} s, CPU`,
        unit: 's',
        ours: { name: 'measureRecording: its ffmpeg and this process', values: measuring },
        reference,
        target: { at: 'most', value: 0.4 },
      },
    ];
  },
};
