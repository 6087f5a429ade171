import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AudioTools } from '#libs/audio';
import { makeStrange, type StrangeRecording } from '../../fixtures/make-strange.js';
import { alignmentRate, bestMatch, decodeToAlign } from '../../support/alignment.js';
import {
  audioToolsOfThisMachine,
  levelDecibels,
  opensTransportStreams,
  speech,
  temporaryFolder,
} from '../../support/audio-measure.js';
import { formWithFile } from '../../support/http.js';
import { Contract } from '../../support/openapi-client.js';
import { placedSamples, type PlacedSample } from '../../support/sample-places.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { createVoice, downloadSample, settled, type Details } from '../../support/voices.js';
import { embedInstantly } from './emulated.js';
import { emptyVoice, finished, said } from './made-voices.js';

let contract: Contract;
let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  folder = await temporaryFolder();
  [partner, tools] = await Promise.all([contract.partner(), audioToolsOfThisMachine(folder.path)]);
  await embedInstantly(contract.stack, partner);
});
afterAll(() => folder.remove());

const make = (name: StrangeRecording): Promise<string> => makeStrange(tools, folder.path, name);

/** Audio of a recording as a plain decode by ffmpeg gives it. */
const plainDecode = (file: string): Promise<Float32Array> => decodeToAlign(tools, file);

const secondsOf = (audio: Float32Array): number => audio.length / alignmentRate;

/** A second of the clean speech that the short recordings are made of. */
async function englishSpeech(seconds: number): Promise<Float32Array> {
  return (await plainDecode(speech('en'))).subarray(0, seconds * alignmentRate);
}

interface Made {
  readonly file: string;
  /** What the upload was answered. */
  readonly created: Details;
  /** The voice in the end. */
  readonly voice: Details;
}

/** Makes a voice of a strange recording. */
async function voiceOf(name: StrangeRecording): Promise<Made> {
  const file = await make(name);
  const answer = await createVoice(partner, name, file);
  expect([answer.status, answer.body]).toMatchObject([201, {}]);
  return { file, created: answer.body, voice: await settled(partner, name) };
}

async function samplesOf(voice: string): Promise<PlacedSample[]> {
  const work = path.join(folder.path, `samples of ${voice}`);
  await mkdir(work, { recursive: true });
  return placedSamples(contract.stack, partner, voice, { tools, folder: work });
}

/** Each sample has at its start, middle and end what the source has there. */
async function expectInPlace(voice: string, source: Float32Array): Promise<void> {
  for (const { index, startSeconds, audio } of await samplesOf(voice)) {
    for (const at of [0, audio.length / 2, audio.length - 2 * alignmentRate].map(Math.floor)) {
      const claimed = startSeconds + at / alignmentRate;
      const match = bestMatch(audio.subarray(at, at + 2 * alignmentRate), source, claimed - 0.01, claimed + 0.01);
      expect([index, at, match.likeness > 0.9]).toEqual([index, at, true]);
    }
  }
}

function expectCompleted({ voice }: Made, seconds: number, warnings: readonly string[] = []): void {
  expect(voice).toMatchObject({ status: { splitting: 'completed', embedding: 'completed' } });
  expect(voice.original_duration).toBeCloseTo(seconds, 1);
  expect(voice.samples).toHaveLength(Math.max(1, Math.floor(seconds / 15)));
  expect(voice.warnings.map(({ code }) => code)).toEqual(warnings);
}

describe('a format that changes on the way', () => {
  /** Where its parts meet, ffmpeg's encoder leaves out what does not fill a packet of 20 ms: about so much. */
  const seamSeconds = 0.03;

  /** Speech of both parts, at the place where a plain decode has it. */
  function expectBothParts(audio: Float32Array, source: Float32Array): void {
    for (const seconds of [1, 5, 10, 13]) {
      const part = audio.subarray(seconds * alignmentRate, (seconds + 1.5) * alignmentRate);
      const match = bestMatch(part, source, seconds - seamSeconds, seconds + seamSeconds);
      expect([seconds, match.likeness > 0.95]).toEqual([seconds, true]);
    }
  }

  it.each(['format-changes.mp3', 'mono-to-stereo.aac'] as const)('%s is converted to its end', async (name) => {
    const made = await voiceOf(name);
    const source = await plainDecode(made.file);
    expectCompleted(made, 16.1);
    expect(Math.abs((made.voice.original_duration ?? 0) - secondsOf(source))).toBeLessThan(seamSeconds);
    expectBothParts((await samplesOf(name))[0]!.audio, source);
  });

  it.each(['format-changes.mp3', 'mono-to-stereo.aac'] as const)('%s is taken whole as a sample', async (name) => {
    const voice = `sample ${name}`;
    await emptyVoice(partner, voice);
    const file = await make(name);
    const answer = await partner.http.post(`${partner.route(voice)}/samples`, await formWithFile(file));
    expect(answer).toMatchObject({ status: 201, body: { index: 1 } });
    const [sample, source] = [
      await plainDecode(await downloadSample(partner, voice, 1, folder.path)),
      await plainDecode(file),
    ];
    expect(Math.abs(secondsOf(sample) - secondsOf(source))).toBeLessThan(seamSeconds);
    expectBothParts(sample, source);
  });
});

describe('time stamps', () => {
  it('with a gap give all of the audio, and nothing in between, to the sample', async () => {
    const made = await voiceOf('gap-in-timestamps.m4a');
    const source = await plainDecode(made.file);
    expect(made.voice).toMatchObject({ status: { splitting: 'completed' }, original_duration: 375.019 });
    expect(made.voice.warnings).toEqual([
      { code: 'gap_in_timestamps', message: 'The time stamps jump by 30 s at 01:40; nothing was put in' },
    ]);
    expect(secondsOf(source)).toBeCloseTo(375.019, 2);
    const samples = await samplesOf('gap-in-timestamps.m4a');
    expect(samples.map(({ startSeconds }) => startSeconds)).toEqual(Array.from({ length: 25 }, (_, at) => at * 15));
    await expectInPlace('gap-in-timestamps.m4a', source);
  });

  it('that start late count from the start of the audio', async () => {
    const made = await voiceOf('starts-at-10-minutes.opus');
    expect(made.created.original_duration).toBeCloseTo(8, 1);
    expectCompleted(made, 8);
    await expectInPlace('starts-at-10-minutes.opus', await plainDecode(made.file));
  });

  it('that start later than the longest recording are no reason to refuse one', async () => {
    expectCompleted(await voiceOf('starts-at-10-hours.opus'), 8);
  });
});

describe('audio that a header does not count', () => {
  it('is used, and said', async () => {
    const made = await voiceOf('header-names-3-of-12-seconds.wav');
    expect(made.created.original_duration).toBeCloseTo(12, 1);
    expectCompleted(made, 12, ['wrong_length']);
    expect(made.voice.warnings[0]?.message).toContain('a length of 3 s but holds 12 s');
    await expectInPlace('header-names-3-of-12-seconds.wav', await englishSpeech(12));
  });
});

describe('channels and tracks', () => {
  it('of which one is the other inverted do not cancel', async () => {
    const made = await voiceOf('one-channel-inverted.wav');
    expectCompleted(made, 12, ['channel_passed_over']);
    const speechLevel = levelDecibels(await englishSpeech(10));
    for (const { audio } of await samplesOf('one-channel-inverted.wav')) {
      expect(levelDecibels(audio)).toBeGreaterThan(speechLevel - 6);
    }
    await expectInPlace('one-channel-inverted.wav', await englishSpeech(12));
  });

  it('the default track is used, and a silent one passed over', async () => {
    const made = await voiceOf('first-track-silent.mkv');
    expectCompleted(made, 12, ['track_passed_over']);
    await expectInPlace('first-track-silent.mkv', await englishSpeech(12));
  });

  it('nothing but silence is no recording', async () => {
    const { voice } = await voiceOf('silence.wav');
    expect(voice.status).toEqual({ splitting: 'failed', embedding: 'idle' });
    expect([voice.errors.splitting, voice.samples]).toEqual(['The recording is silent', []]);
  });
});

describe('damage', () => {
  /**
   * The start of every sample, one second of it, is where the whole recording has it; also of those that are cut from the
   * stored original later.
   */
  async function expectStartsInPlace(voice: string, whole: Float32Array): Promise<void> {
    const first = await samplesOf(voice);
    await finished(partner, voice, 'split', { sample_duration: 5 });
    const samples = [...first, ...(await samplesOf(voice))];
    for (const { index, startSeconds, audio } of samples) {
      const match = bestMatch(audio.subarray(0, alignmentRate), whole, startSeconds - 0.1, startSeconds + 0.1);
      expect([index, startSeconds, match.likeness > 0.9]).toEqual([index, startSeconds, true]);
    }
  }

  it('in the middle: the rest is used at its own place, and how much is missing where is said', async () => {
    const made = await voiceOf('middle-overwritten.flac');
    const seconds = made.voice.original_duration ?? 0;
    expect(seconds).toBeGreaterThan(36);
    expect(seconds).toBeLessThan(39);
    expectCompleted(made, seconds, ['damaged_recording']);
    expect(made.voice.warnings[0]?.message).toMatch(
      /^Only 3\d(\.\d)? s of 75 s could be decoded; audio is missing at 00:1\d$/,
    );
    await expectStartsInPlace('middle-overwritten.flac', await plainDecode(speech('fr')));
    const last = (await samplesOf('middle-overwritten.flac')).at(-1)!;
    expect(last.startSeconds).toBeGreaterThan(60);
  });

  it('at the end: what is there is used, and how much is missing is said', async () => {
    const made = await voiceOf('cut-off.m4a');
    const seconds = made.voice.original_duration ?? 0;
    expect(seconds).toBeCloseTo(secondsOf(await plainDecode(made.file)), 1);
    expectCompleted(made, seconds, ['cut_off_recording']);
    expect(made.voice.warnings[0]?.message).toMatch(
      /^Only 33\.\d s of 75 s could be decoded; the recording breaks off at 00:33$/,
    );
    await expectStartsInPlace('cut-off.m4a', await plainDecode(speech('it')));
  });
});

describe('formats', () => {
  it.each(['stream.ts', 'dvd.ac3', 'flash.flv', 'true-audio.tta'] as const)('%s is taken', async (name) => {
    if (name === 'stream.ts' && !opensTransportStreams(tools)) {
      expect((await createVoice(partner, name, await make(name))).status).toBe(422);
      return;
    }
    const made = await voiceOf(name);
    expectCompleted(made, made.voice.original_duration ?? 0);
    expect(made.voice.original_duration).toBeCloseTo(secondsOf(await plainDecode(made.file)), 2);
    expect(Math.abs((made.voice.original_duration ?? 0) - 12)).toBeLessThan(0.1);
    await expectInPlace(name, await plainDecode(made.file));
  });

  it('another one is refused with those that are taken', async () => {
    const answer = said(await createVoice(partner, 'other format', await make('sound-exchange.sox')));
    expect(answer.status).toBe(422);
    expect(answer.detail).toMatch(/^The format of the file is not accepted; send WAV, .*MP3.* and WebM$/);
  });
});
