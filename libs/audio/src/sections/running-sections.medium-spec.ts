import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio } from '../../../../test/support/audio-measure.js';
import { HeldTimers } from '../../../../test/support/held-timers.js';
import { processesNaming } from '../../../../test/support/running-processes.js';
import { rowsOfForm } from '../../../../test/support/test-form.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { OpusEncoding } from '../ffmpeg/encode-opus.js';
import { conversionLimits } from '../ffmpeg/limits.js';
import { encodeRecording, EncodeSlots, probeRecording, recordingLimits } from '../index.js';

const lab = audioLab();
/** Ten minutes of noise, which take longer to encode than a test waits. */
let longPath: string;
/** Noise for tests that encode all of it. */
let noisePath: string;
const noiseSeconds = 30;
/** The recording of another job. */
let otherPath: string;
const otherSeconds = 10;

beforeAll(async () => {
  longPath = join(lab.folder, 'long.wav');
  noisePath = join(lab.folder, 'noise.wav');
  const noise = ['-f', 'lavfi', '-i', 'anoisesrc=d=600:r=16000:a=0.3'];
  otherPath = join(lab.folder, 'other.wav');
  const shorter = ['-t', String(noiseSeconds), noisePath, '-t', String(otherSeconds), otherPath];
  await makeAudio(lab.tools, [...noise, longPath, ...shorter]);
});
afterEach(() => {
  jest.restoreAllMocks();
});

type Options = Parameters<typeof encodeRecording>[0];

/** Returns the options of an encoding in sections of about 10 s. */
const probed = async (inputPath: string): Promise<Options> => {
  const found = { tools: lab.tools, inputPath, limits: recordingLimits(3600) };
  const facts = await probeRecording(found);
  return { ...found, facts, workFolder: lab.folder, slots: new EncodeSlots(2), sectionSeconds: 10 };
};

const encode = async (inputPath: string, more: Partial<Options> = {}): Promise<OpusEncoding> =>
  encodeRecording({ ...(await probed(inputPath)), ...more });

async function countPackets(encoding: OpusEncoding): Promise<number> {
  let packets = 0;
  for await (const batch of encoding.batches) packets += batch.length;
  return packets;
}

function send(id: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended
  }
}

/** Stops each ffmpeg of a recording as it starts, so that none ends before so many run at the same time. @returns their ids */
async function stopped(path: string, count: number): Promise<readonly number[]> {
  return waitFor(`${count} run at the same time`, async () => {
    for (const id of await processesNaming(path)) send(id, 'SIGSTOP');
    const running = await processesNaming(path);
    for (const id of running) send(id, 'SIGSTOP');
    return running.length === count && running;
  });
}

const goneFrom = (path: string) => waitFor('ffmpeg is gone', async () => (await processesNaming(path)).length === 0);

describe('encodeRecording and the slots of the process', () => {
  it('uses idle slots, never exceeds them over all jobs, and releases all', async () => {
    const slots = new EncodeSlots(3);
    const encodings = await Promise.all([1, 2].map(() => encode(noisePath, { slots, sectionSeconds: 5 })));
    const reading = Promise.all(encodings.map(countPackets));
    const running = await stopped(noisePath, 3);
    const counts = [running.length];
    for (const id of running) send(id, 'SIGCONT');
    const over = reading.then(() => true);
    while (!(await Promise.race([over, new Promise<false>((resolve) => setTimeout(() => resolve(false), 20))]))) {
      counts.push((await processesNaming(noisePath)).length);
    }
    expect(Math.max(...counts)).toBe(3);
    expect(await reading).toEqual([noiseSeconds * 50 + 1, noiseSeconds * 50 + 1]);
    await Promise.all([slots.take(), slots.take(), slots.take()]);
  });

  it('leaves the next slot to a new job before it starts another section', async () => {
    const slots = new EncodeSlots(2);
    const other = { ...(await probed(otherPath)), slots, sectionSeconds: 600 };
    const first = await encode(noisePath, { slots, sectionSeconds: 5 });
    const reading = countPackets(first);
    let isFirstDone = false;
    void reading.then(() => (isFirstDone = true));
    const running = await stopped(noisePath, 2);
    let wasFirstDone: boolean | undefined;
    const take = slots.take.bind(slots);
    jest.spyOn(slots, 'take').mockImplementation(async (signal) => {
      const slot = await take(signal);
      wasFirstDone = isFirstDone;
      return slot;
    });
    const starting = encodeRecording(other); // it asks for a slot at once
    for (const id of running) send(id, 'SIGCONT');
    const second = await starting;
    expect(wasFirstDone).toBe(false);
    expect(await countPackets(second)).toBe(otherSeconds * 50 + 1);
    expect(await reading).toBe(noiseSeconds * 50 + 1);
  });

  it('runs ahead of its reader by at most one section more than there are slots', async () => {
    const slots = new EncodeSlots(2);
    const encoding = await encode(noisePath, { slots, sectionSeconds: 5 });
    await goneFrom(noisePath); // three sections wait for their reader, none is running
    expect(await countPackets(encoding)).toBe(noiseSeconds * 50 + 1);
    await Promise.all([slots.take(), slots.take()]);
  });
});

describe('encodeRecording ends all sections', () => {
  const allSlotsAreFree = async (slots: EncodeSlots): Promise<void> => {
    await Promise.all(Array.from({ length: slots.count }, () => slots.take()));
  };

  /** With sections of 300 s, the second starts, with its lead, at 299 s. */
  const secondSection = async (): Promise<number[]> => {
    const ours = await processesNaming(longPath);
    return (await processesNaming('atrim=start=299')).filter((id) => ours.includes(id));
  };

  it('if one is killed from outside, with a temporary failure', async () => {
    const slots = new EncodeSlots(2);
    const encoding = await encode(longPath, { slots, sectionSeconds: 300 });
    const failing = expect(countPackets(encoding)).rejects.toMatchObject({ code: 'unavailable' });
    await waitFor('both are under way', async () => (await processesNaming(longPath)).length === 2);
    for (const id of await secondSection()) process.kill(id, 'SIGTERM');
    await failing;
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });

  it('if one makes no progress', async () => {
    const timers = new HeldTimers(conversionLimits(3600).stallSeconds * 1000);
    let encoded = 0;
    const onProgress = (seconds: number): void => void (encoded = seconds);
    const encoding = await encode(longPath, { onProgress, sectionSeconds: 300 });
    const failing = expect(countPackets(encoding)).rejects.toMatchObject({ code: 'conversion_stalled' });
    await waitFor('both are under way', async () => (await processesNaming(longPath)).length === 2);
    for (const id of await secondSection()) process.kill(id, 'SIGSTOP');
    await waitFor('a timer that still runs although the other section goes on', async () => {
      const [waiting, before] = [timers.waiting(), encoded];
      await waitFor('the other section', () => encoded > before + 1);
      return waiting.some((timer) => timer.fire());
    });
    await failing;
    await goneFrom(longPath);
  });

  const limits = [
    ['CPU time', { cpuSeconds: 1 }],
    ['wall clock', { wallSeconds: 0.3 }],
  ] as const;
  it.each(rowsOfForm(limits, ['wall clock']))('if one reaches the limit of its %s', async (_, exceeded) => {
    const processLimits = { ...conversionLimits(3600), ...exceeded };
    const reading = encode(longPath, { processLimits, sectionSeconds: 300 }).then(countPackets);
    await expect(reading).rejects.toMatchObject({ code: 'conversion_over_limits' });
    await goneFrom(longPath);
  });

  it('if the recording is over the limit', async () => {
    const slots = new EncodeSlots(2);
    const encoding = await encode(longPath, { slots, limits: recordingLimits(20), sectionSeconds: 150 });
    await expect(countPackets(encoding)).rejects.toMatchObject({ code: 'unusable_audio' });
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });

  it('if it is aborted, with the reason of the abort', async () => {
    const [slots, stop, reason] = [new EncodeSlots(2), new AbortController(), new Error('the worker is asked to stop')];
    const reading = countPackets(await encode(longPath, { slots, signal: stop.signal, sectionSeconds: 150 }));
    await waitFor('both are under way', async () => (await processesNaming(longPath)).length === 2);
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });

  it('if its reader leaves, or closes it unread', async () => {
    const slots = new EncodeSlots(2);
    const left = await encode(longPath, { slots, sectionSeconds: 150 });
    for await (const batch of left.batches) if (batch.length > 0) break;
    expect(await processesNaming(longPath)).toEqual([]);
    const unread = await encode(longPath, { slots, sectionSeconds: 150 });
    await unread.close();
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });
});
