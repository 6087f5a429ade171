import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AudioTools } from '#libs/audio';
import { decodeSpeech } from './pcm.js';

export const speakers = ['en', 'es', 'fr', 'it', 'ru'] as const;

export type Speaker = (typeof speakers)[number];

/** 16 kHz mono, as an analysis track is measured. */
export const rate = 16_000;

/** The recordings are prompts with 0.35 s of digital silence between them (test/fixtures/speech/README.md). */
const pauseSamples = 0.35 * rate;

/** Silero judges pieces of 32 ms. */
const pieceSamples = 512;

/** A prompt, and where Silero hears speech in it: from and to in samples. */
interface Prompt {
  readonly samples: Int16Array;
  readonly spoken: readonly (readonly [from: number, to: number])[];
}

/** Where Silero hears speech in the recordings, in pieces. Made by test/fixtures/speech/judge.mjs. */
const verdicts = JSON.parse(
  readFileSync(path.join(process.cwd(), 'test/fixtures/speech/silero.json'), 'utf8'),
) as Readonly<Record<Speaker, readonly (readonly [from: number, to: number])[]>>;

/** Returns the prompts of a recording: what lies between its pauses. */
export async function promptsOf(tools: AudioTools, speaker: Speaker): Promise<readonly Prompt[]> {
  const samples = await decodeSpeech(tools, speaker);
  const prompts: Prompt[] = [];
  for (let from = nextSound(samples, 0); from < samples.length;) {
    const to = endOfSound(samples, from);
    const spoken = verdicts[speaker]
      .map(([start, end]) => [start * pieceSamples - from, end * pieceSamples - from] as const)
      .filter(([start, end]) => end > 0 && start < to - from);
    prompts.push({ samples: samples.subarray(from, to), spoken });
    from = nextSound(samples, to);
  }
  return prompts;
}

function nextSound(samples: Int16Array, from: number): number {
  let at = from;
  while (at < samples.length && samples[at] === 0) at += 1;
  return at;
}

function endOfSound(samples: Int16Array, from: number): number {
  let end = from;
  for (let at = from; at < samples.length && at - end < pauseSamples * 0.9; at += 1)
    if (samples[at] !== 0) end = at + 1;
  return end;
}

/** Joins prompts with the same pauses. */
export function joined(prompts: readonly Prompt[]): Prompt {
  const samples = new Int16Array(prompts.reduce((sum, prompt) => sum + prompt.samples.length + pauseSamples, 0));
  const spoken: (readonly [number, number])[] = [];
  let at = 0;
  for (const prompt of prompts) {
    samples.set(prompt.samples, at);
    for (const [from, to] of prompt.spoken) spoken.push([at + from, at + to]);
    at += prompt.samples.length + pauseSamples;
  }
  return { samples, spoken };
}
