import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AudioTools } from '#libs/audio';
import { makeStrange, type StrangeRecording } from '../../fixtures/make-strange.js';
import { alignmentRate, bestMatch, decodeToAlign } from '../../support/alignment.js';
import {
  audioTools,
  levelDecibels,
  opensTransportStreams,
  speech,
  temporaryFolder,
} from '../../support/audio-measure.js';
import { formWithFile } from '../../support/http.js';
import type { Contract } from '../../support/openapi-client.js';
import { placedSamples, type PlacedSample } from '../../support/sample-places.js';
import { expectSamplesInPlace } from '../../support/samples-in-place.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { longDescribe, longIt, pickOfForm, rowsOfForm } from '../../support/test-form.js';
import { createVoice, downloadSample, settled, type Details } from '../../support/voices.js';
import { instantContract } from './emulated.js';
import { emptyVoice, finished, said } from './made-voices.js';

let contract: Contract;
let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  folder = await temporaryFolder();
  tools = audioTools();
});
afterAll(() => folder.remove());

const make = (name: StrangeRecording): Promise<string> => makeStrange(tools, folder.path, name);

/** The audio that ffmpeg decodes from a recording with its default settings. */
const plainDecode = (file: string): Promise<Float32Array> => decodeToAlign(tools, file);

const secondsOf = (audio: Float32Array): number => audio.length / alignmentRate;

/** The first seconds of the clean speech that the short recordings are made of. */
async function englishSpeech(seconds: number): Promise<Float32Array> {
  return (await plainDecode(speech('en'))).subarray(0, seconds * alignmentRate);
}

interface Made {
  readonly file: string;
  /** The answer to the upload. */
  readonly created: Details;
  /** The voice once its jobs have ended. */
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

async function expectInPlace(voice: string, source: Float32Array): Promise<void> {
  expectSamplesInPlace(await samplesOf(voice), source);
}

function expectCompleted({ voice }: Made, seconds: number, warnings: readonly string[] = []): void {
  expect(voice).toMatchObject({ status: { splitting: 'completed', embedding: 'completed' } });
  expect(voice.original_duration).toBeCloseTo(seconds, 1);
  expect(voice.samples).toHaveLength(Math.max(1, Math.floor(seconds / 15)));
  expect(voice.warnings.map(({ code }) => code)).toEqual(warnings);
}

longDescribe('a recording whose format changes in the middle', () => {
  /** Where two parts meet, ffmpeg's encoder drops what does not fill a packet of 20 ms. This leaves some room. */
  const seamSeconds = 0.03;

  /** Finds the speech of both parts at its place in a plain decode. */
  function expectBothParts(audio: Float32Array, source: Float32Array): void {
    for (const seconds of [1, 5, 10, 13]) {
      const part = audio.subarray(seconds * alignmentRate, (seconds + 1.5) * alignmentRate);
      const match = bestMatch(part, source, seconds - seamSeconds, seconds + seamSeconds);
      expect([seconds, match.likeness > 0.95]).toEqual([seconds, true]);
    }
  }

  const changing = [['format-changes.mp3'], ['mono-to-stereo.aac']] as const;

  it.each(changing)('is converted to its end: %s', async (name) => {
    const made = await voiceOf(name);
    const source = await plainDecode(made.file);
    expectCompleted(made, 16.1);
    expect(Math.abs((made.voice.original_duration ?? 0) - secondsOf(source))).toBeLessThan(seamSeconds);
    expectBothParts((await samplesOf(name))[0]!.audio, source);
  });

  it.each(changing)('becomes a whole sample: %s', async (name) => {
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

longDescribe('time stamps of a recording', () => {
  it('that start at 10 minutes are counted from the start of the audio', async () => {
    const made = await voiceOf('starts-at-10-minutes.opus');
    expect(made.created.original_duration).toBeCloseTo(8, 1);
    expectCompleted(made, 8);
    await expectInPlace('starts-at-10-minutes.opus', await plainDecode(made.file));
  });

  it('that start after the longest permitted duration are accepted', async () => {
    expectCompleted(await voiceOf('starts-at-10-hours.opus'), 8);
  });
});

describe('a header that states too short a length', () => {
  it('causes a warning, and all of the audio is used', async () => {
    const made = await voiceOf('header-names-3-of-12-seconds.wav');
    expect(made.created.original_duration).toBeCloseTo(12, 1);
    expectCompleted(made, 12, ['wrong_length']);
    expect(made.voice.warnings[0]?.message).toContain('a length of 3 s but holds 12 s');
    await expectInPlace('header-names-3-of-12-seconds.wav', await englishSpeech(12));
  });
});

describe('the choice of channel and track', () => {
  longIt('keeps one of two channels that would cancel each other', async () => {
    const made = await voiceOf('one-channel-inverted.wav');
    expectCompleted(made, 12, ['channel_passed_over']);
    const speechLevel = levelDecibels(await englishSpeech(10));
    for (const { audio } of await samplesOf('one-channel-inverted.wav')) {
      expect(levelDecibels(audio)).toBeGreaterThan(speechLevel - 6);
    }
    await expectInPlace('one-channel-inverted.wav', await englishSpeech(12));
  });

  longIt('passes over a silent track and warns about it', async () => {
    const made = await voiceOf('first-track-silent.mkv');
    expectCompleted(made, 12, ['track_passed_over']);
    await expectInPlace('first-track-silent.mkv', await englishSpeech(12));
  });

  it('finds none in a silent recording, so that splitting fails with the reason', async () => {
    const { voice } = await voiceOf('silence.wav');
    expect(voice.status).toEqual({ splitting: 'failed', embedding: 'idle' });
    expect([voice.errors.splitting, voice.samples]).toEqual(['The recording is silent', []]);
  });
});

describe('a damaged recording', () => {
  /**
   * Compares the first second of every sample with the undamaged recording at the same place, also for the samples that a
   * second split cuts from the stored original.
   */
  async function expectStartsInPlace(voice: string, whole: Float32Array): Promise<void> {
    const first = await samplesOf(voice);
    await finished(partner, voice, 'split', { sample_duration: pickOfForm(10, 5) });
    const samples = [...first, ...(await samplesOf(voice))];
    for (const { index, startSeconds, audio } of samples) {
      const match = bestMatch(audio.subarray(0, alignmentRate), whole, startSeconds - 0.1, startSeconds + 0.1);
      expect([index, startSeconds, match.likeness > 0.9]).toEqual([index, startSeconds, true]);
    }
  }

  longIt(
    'keeps the rest at its place after a loss in the middle, and the warning says how much is missing where',
    async () => {
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
      expect(last.startSeconds).toBeGreaterThan(55);
    },
  );

  longIt('is used to the place where it was cut off, and the warning says how much is missing', async () => {
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

describe('the format of a recording', () => {
  const accepted = [['stream.ts'], ['dvd.ac3'], ['flash.flv'], ['true-audio.tta']] as const;
  it.each(rowsOfForm(accepted, ['dvd.ac3']))('is accepted: %s', async (name) => {
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

  it('is refused with a list of the accepted formats if it is not one of them', async () => {
    const answer = said(await createVoice(partner, 'other format', await make('sound-exchange.sox')));
    expect(answer.status).toBe(422);
    expect(answer.detail).toMatch(/^The format of the file is not accepted; send WAV, .*MP3.* and WebM$/);
  });
});
