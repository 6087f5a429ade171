import { availableParallelism } from 'node:os';
import { forEachLimited } from '#libs/service';
import { isLeftOut } from '../behaviours/malformed-output.js';
import type { HeardSample } from '../engine/engine-work.js';
import { FfmpegExit } from '../engine/ffmpeg.js';
import { opusDurationSeconds } from '../engine/opus-duration.js';
import type { VoiceEngine } from '../engine/voice-engine.js';
import type { EmbedInput, InputSample, TestSampleTarget } from './embed-input.js';
import { startStage, type HandlerRun } from './handler-run.js';
import type { SampleFailureCode, SampleScore, UploadedTestSample } from './output.js';
import { getObject, putObject, sha256Hex, TransferError, WrongBytesError } from './signed-objects.js';

/** Samples that are in memory at the same time. */
export const concurrentSamples = availableParallelism();
/** Concurrent uploads. They wait for the network, not for the CPU. */
const concurrentUploads = 8;

/** A sample cannot be embedded. The message is a sentence for the client. */
export class SampleFailure extends Error {
  constructor(
    readonly code: SampleFailureCode,
    message: string,
  ) {
    super(message);
  }
}

/** A sample and what the engine heard in it. */
export interface Heard<S extends InputSample = InputSample> extends HeardSample {
  readonly sample: S;
}

/**
 * Downloads and analyses one sample.
 *
 * @throws SampleFailure if only this sample is affected; any other Error if the job cannot go on
 */
export async function hearSample(sample: InputSample, engine: VoiceEngine, run: HandlerRun): Promise<HeardSample> {
  const { index, url, sha256 } = sample;
  if (run.failing.includes(index)) throw new SampleFailure('no_speech', `Sample ${index} contains no speech`);
  const fetchSample = (): Promise<Buffer> => getObject(url, sha256, `Sample ${index}`, run.signal);
  try {
    return await engine.hear(fetchSample, run.signal);
  } catch (error) {
    if (error instanceof WrongBytesError) throw new SampleFailure('wrong_sha256', error.message);
    if (error instanceof TransferError && error.isFinal) throw new SampleFailure('download_failed', error.message);
    if (error instanceof FfmpegExit) throw new SampleFailure('damaged', `Sample ${index} cannot be decoded`);
    throw error;
  }
}

/** Speaks and uploads the requested test samples of the samples that were heard. */
export async function speakTestSamples(
  input: EmbedInput,
  heard: readonly Heard[],
  engine: VoiceEngine,
  run: HandlerRun,
): Promise<readonly UploadedTestSample[]> {
  const pitches = new Map(heard.map(({ sample, pitchHz }) => [sample.index, pitchHz]));
  const targets = input.testSamples.filter(({ sampleIndex }) => pitches.has(sampleIndex));
  const spoken = new Array<UploadedTestSample>(targets.length);
  const count = await startStage(run, 'testing', targets.length);
  await forEachLimited(targets, concurrentUploads, async (target, position) => {
    const { sampleIndex, sentenceIndex } = target;
    const sentence = input.sentences[sentenceIndex - 1] ?? '';
    const audio = await engine.speak(sentence, pitches.get(sampleIndex) ?? null, input.language);
    if (!isLeftOut(run.malformation, 'test_sample', position)) await putTestSample(target, audio, run);
    spoken[position] = {
      sample_index: sampleIndex,
      sentence_index: sentenceIndex,
      duration: durationOf(audio),
      ...uploaded(audio),
    };
    count();
  });
  return spoken;
}

function putTestSample({ sampleIndex, sentenceIndex, url }: TestSampleTarget, audio: Buffer, run: HandlerRun) {
  return putObject(url, 'audio/ogg', audio, `Test sample ${sampleIndex}/${sentenceIndex}`, run.signal);
}

/** Compares the samples with each other. @returns scores of each, in their order */
export async function scoreSamples(
  heard: readonly Heard[],
  engine: VoiceEngine,
  run: HandlerRun,
): Promise<readonly SampleScore[]> {
  const count = await startStage(run, 'scoring', heard.length);
  const scores = await engine.score(heard.map(({ voiceprint }) => voiceprint));
  return heard.map(({ sample }, position) => {
    const { score, lowestPartScore } = scores[position] ?? { score: 0, lowestPartScore: null };
    count();
    return { sample_index: sample.index, score, lowest_part_score: lowestPartScore };
  });
}

export function uploaded(bytes: Buffer): { readonly bytes: number; readonly sha256: string } {
  return { bytes: bytes.length, sha256: sha256Hex(bytes) };
}

/** Returns the duration of Ogg Opus in seconds, to the millisecond. */
export function durationOf(oggOpus: Buffer): number {
  return Math.round(opusDurationSeconds(oggOpus) * 1000) / 1000;
}
