import { availableParallelism } from 'node:os';
import type { Malformation } from '../behaviours/behaviour.js';
import { isLeftOut, malformed } from '../behaviours/malformed-output.js';
import { embeddingZip, type EmbeddedSample } from '../engine/embedding-zip.js';
import type { HeardSample } from '../engine/engine-work.js';
import { forEachLimited } from '../engine/for-each-limited.js';
import { opusDurationSeconds } from '../engine/opus-duration.js';
import type { VoiceEngine } from '../engine/voice-engine.js';
import type { EmbedInput, TestSampleTarget } from './embed-input.js';
import type { EmbedOutput, Progress, Stage } from './embed-output.js';
import { getObject, putObject, sha256Hex } from './signed-objects.js';

/** Samples held in memory at once. */
const SAMPLES_AT_ONCE = availableParallelism();
/** Uploads at once: they wait for the network, not for the CPU. */
const UPLOADS_AT_ONCE = 8;

/** What the handler is told about the run it does. */
export interface HandlerRun {
  readonly signal: AbortSignal;
  /** 1, or higher when the handler runs again for the same job. */
  readonly number: number;
  readonly malformation: Malformation | null;
  /** Called at the begin of each stage; the handler waits for it. */
  readonly enter: (stage: Stage) => Promise<void>;
  readonly report: (progress: Progress) => void;
}

/**
 * The embed handler: listens to each sample, speaks the test samples, scores, and writes zip, test samples and, last of
 * all, the output. May be run twice: everything it writes is written whole, to the URLs it was given.
 *
 * @returns the output as it was written, for RunPod to hand on
 */
export async function embed(input: EmbedInput, engine: VoiceEngine, run: HandlerRun): Promise<unknown> {
  const heard = await hearSamples(input, engine, run);
  const testSamples = await speakTestSamples(input, heard, engine, run);
  const samples = await scoreSamples(input, heard, engine, run);
  const zip = await embeddingZip(input.ttsType, engine.name, samples, run.number > 1 ? `run ${run.number}` : '');
  if (!isLeftOut(run.malformation, 'zip')) {
    await putObject(input.zipUrl, 'application/zip', zip, 'The embedding zip', run.signal);
  }
  const output: EmbedOutput = {
    version: 1,
    job: input.job,
    tts_type: input.ttsType,
    engine: engine.name,
    embedding_zip: { bytes: zip.length, sha256: sha256Hex(zip) },
    test_samples: testSamples,
    sample_scores: samples.map(({ index, score }) => ({ sample_index: index, score })),
  };
  const answer = run.malformation === null ? output : malformed(output, run.malformation);
  const json = Buffer.from(JSON.stringify(answer));
  await putObject(input.outputUrl, 'application/json', json, 'The output', run.signal);
  return answer;
}

/** Begins a stage and gives what counts its pieces. */
async function begin(run: HandlerRun, stage: Stage, of: number): Promise<() => void> {
  let done = 0;
  run.report({ stage, done, of });
  await run.enter(stage);
  run.signal.throwIfAborted();
  return () => run.report({ stage, done: ++done, of });
}

async function hearSamples(input: EmbedInput, engine: VoiceEngine, run: HandlerRun): Promise<readonly HeardSample[]> {
  const heard = new Array<HeardSample>(input.samples.length);
  const count = await begin(run, 'embedding', input.samples.length);
  await forEachLimited(input.samples, SAMPLES_AT_ONCE, async ({ index, url, sha256 }, position) => {
    const fetchSample = (): Promise<Buffer> => getObject(url, sha256, `Sample ${index}`, run.signal);
    heard[position] = await engine.hear(fetchSample, run.signal);
    count();
  });
  return heard;
}

async function speakTestSamples(
  input: EmbedInput,
  heard: readonly HeardSample[],
  engine: VoiceEngine,
  run: HandlerRun,
): Promise<EmbedOutput['test_samples']> {
  const pitches = new Map(input.samples.map(({ index }, position) => [index, heard[position]?.pitchHz ?? null]));
  const spoken = new Array<EmbedOutput['test_samples'][number]>(input.testSamples.length);
  const count = await begin(run, 'testing', input.testSamples.length);
  const speakOne = async (target: TestSampleTarget, position: number): Promise<void> => {
    const { sampleIndex, sentenceIndex, url } = target;
    const sentence = input.sentences[sentenceIndex - 1] ?? '';
    const audio = await engine.speak(sentence, pitches.get(sampleIndex) ?? null);
    if (!isLeftOut(run.malformation, 'test_sample', position)) {
      await putObject(url, 'audio/ogg', audio, `Test sample ${sampleIndex}/${sentenceIndex}`, run.signal);
    }
    spoken[position] = {
      sample_index: sampleIndex,
      sentence_index: sentenceIndex,
      duration: Math.round(opusDurationSeconds(audio) * 1000) / 1000,
      bytes: audio.length,
      sha256: sha256Hex(audio),
    };
    count();
  };
  await forEachLimited(input.testSamples, UPLOADS_AT_ONCE, speakOne);
  return spoken;
}

async function scoreSamples(
  input: EmbedInput,
  heard: readonly HeardSample[],
  engine: VoiceEngine,
  run: HandlerRun,
): Promise<readonly EmbeddedSample[]> {
  const count = await begin(run, 'scoring', heard.length);
  const voiceprints = heard.map(({ voiceprint }) => voiceprint);
  const scores = await engine.score(voiceprints);
  return input.samples.map(({ index, sha256 }, position) => {
    count();
    const gaussian = voiceprints[position]!.gaussian;
    return { index, sha256, gaussian, score: scores[position] ?? 0 };
  });
}
