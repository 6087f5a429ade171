import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AudioTools } from '#libs/audio';
import { makeStrange } from '../fixtures/make-strange.js';
import { alignmentRate, decodeToAlign } from '../support/alignment.js';
import {
  audioTools,
  correlation,
  decode,
  energyEnvelope,
  makeAudio,
  speech,
  temporaryFolder,
} from '../support/audio-measure.js';
import { placedSamples } from '../support/sample-places.js';
import { expectSamplesInPlace } from '../support/samples-in-place.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack, type PartName } from '../support/stack.js';
import { createVoice, details, downloadSample, settled, type Details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { embedInstantly } from './contract/emulated.js';

const mebibyte = 1024 ** 2;

let stack: Stack;
let partner: TestPartner;
let tools: AudioTools;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hour: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = audioTools();
  stack = await Stack.start();
  partner = await makePartner(stack.address);
  hour = path.join(folder.path, 'hour.wav');
  const minute = path.join(folder.path, 'minute.wav');
  await makeAudio(tools, ['-i', speech('en'), '-c:a', 'pcm_s16le', minute]);
  await makeAudio(tools, ['-stream_loop', '47', '-i', minute, '-c:a', 'copy', hour]);
});
afterAll(async () => {
  await stack.stop();
  await folder.remove();
});

/** Returns the peak memory of a process in bytes (proc(5), VmHWM). */
async function peakMemory(name: PartName): Promise<number> {
  const status = await readFile(`/proc/${stack.parts[name].pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function expectRightSamples(voice: Details): Promise<void> {
  expect(voice.samples).toHaveLength(25);
  const source = await decode(tools, speech('en'));
  for (const index of [1, 13, 25]) {
    const audio = await decode(tools, await downloadSample(partner, voice.name, index, folder.path));
    expect(audio.length).toBe(15 * 48_000);
    const start = ((index - 1) * 15 * 48_000) % source.length; // the recording repeats 75 s, which is five samples
    expect(
      correlation(energyEnvelope(audio), energyEnvelope(source.subarray(start, start + audio.length))),
    ).toBeGreaterThan(0.98);
  }
}

describe('a long recording', () => {
  it('of an hour needs less than 300 MB in API and worker, and has samples before its original is converted', async () => {
    await createVoice(partner, 'an hour', hour);
    const early = await waitFor('samples', async () => {
      const seen = await details(partner, 'an hour');
      return seen.samples.length > 0 && seen;
    });
    expect(early.status.splitting).toBe('in_progress');
    expect(early.status.embedding).not.toBe('idle');

    const voice = await settled(partner, 'an hour', 120_000);
    expect(voice.errors).toEqual({ splitting: null, embedding: null });
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    expect(voice.original_duration).toBe(3600);
    await expectRightSamples(voice);
    expect(await peakMemory('api')).toBeLessThan(300 * mebibyte);
    expect(await peakMemory('worker')).toBeLessThan(300 * mebibyte);
  });

  it('whose time stamps jump causes a warning, and the audio is joined without silence', async () => {
    const name = 'gap-in-timestamps.m4a';
    const instant = await makePartner(stack.address);
    await embedInstantly(stack.address, instant);
    const file = await makeStrange(tools, folder.path, name);
    expect((await createVoice(instant, name, file)).status).toBe(201);
    const voice = await settled(instant, name);
    expect(voice).toMatchObject({ status: { splitting: 'completed' }, original_duration: 375.019 });
    expect(voice.warnings).toEqual([
      { code: 'gap_in_timestamps', message: 'The time stamps jump by 30 s at 01:40; nothing was put in' },
    ]);
    const source = await decodeToAlign(tools, file);
    expect(source.length / alignmentRate).toBeCloseTo(375.019, 2);
    const samples = await placedSamples(stack.address, instant, name, { tools, folder: folder.path });
    expect(samples.map(({ startSeconds }) => startSeconds)).toEqual(Array.from({ length: 25 }, (_, at) => at * 15));
    expectSamplesInPlace(samples, source);
  });
});
