import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AudioTools } from '#libs/audio';
import {
  audioToolsOfThisMachine,
  correlation,
  decode,
  energyEnvelope,
  makeAudio,
  speech,
  temporaryFolder,
} from '../support/audio-measure.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack, type PartName } from '../support/stack.js';
import { createVoice, details, downloadSample, settled, type Details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';

const mebibyte = 1024 ** 2;

let stack: Stack;
let partner: TestPartner;
let tools: AudioTools;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hour: string;
/** Long enough to be encoded in sections. */
let twelveMinutes: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  [stack, tools] = await Promise.all([Stack.start(), audioToolsOfThisMachine(folder.path)]);
  partner = await makePartner(stack.address);
  hour = path.join(folder.path, 'hour.wav');
  const minute = path.join(folder.path, 'minute.wav');
  await makeAudio(tools, ['-i', speech('en'), '-c:a', 'pcm_s16le', minute]);
  await makeAudio(tools, ['-stream_loop', '47', '-i', minute, '-c:a', 'copy', hour]);
  twelveMinutes = path.join(folder.path, 'twelve-minutes.wav');
  await makeAudio(tools, ['-i', hour, '-t', '720', '-c:a', 'copy', twelveMinutes]);
});
afterAll(async () => {
  await stack.stop();
  await folder.remove();
});

/** The most memory a process ever held, in bytes (proc(5), VmHWM). */
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
    const start = ((index - 1) * 15 * 48_000) % source.length; // the recording repeats 75 s, five samples
    expect(
      correlation(energyEnvelope(audio), energyEnvelope(source.subarray(start, start + audio.length))),
    ).toBeGreaterThan(0.98);
  }
}

describe('a long recording', () => {
  it('of an hour goes through with API and worker each under 300 MB; its samples are there long before its original', async () => {
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

  it('survives a kill -9 of the worker in the middle of it', async () => {
    await createVoice(partner, 'killed', twelveMinutes);
    await waitFor('some progress', async () => {
      const { progress } = await details(partner, 'killed');
      return progress?.stage === 'converting' && progress.done > 30;
    });
    process.kill(stack.parts.worker.pid ?? 0, 'SIGKILL');
    await stack.parts.worker.ended;
    await stack.parts.worker.start();
    const voice = await settled(partner, 'killed', 120_000);
    expect(voice.errors).toEqual({ splitting: null, embedding: null });
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    await expectRightSamples(voice);
  });
});
