import { forEachLimited } from '#libs/service';
import { isLeftOut } from '../behaviours/malformed-output.js';
import { embeddingFile } from '../engine/embedding-file.js';
import type { VoiceEngine } from '../engine/voice-engine.js';
import { compareConsents } from './consents.js';
import type { EmbedInput2, InputSample2 } from './embed-input.js';
import { startStage, type HandlerRun } from './handler-run.js';
import { engineOf, type EmbedOutput2, type FailedSample } from './output.js';
import { putObject } from './signed-objects.js';
import {
  concurrentSamples,
  hearSample,
  SampleFailure,
  scoreSamples,
  speakTestSamples,
  uploaded,
  type Heard,
} from './stages.js';
import { StageClock } from './stage-clock.js';

type Embedding = EmbedOutput2['embeddings'][number];
type Result =
  | { readonly heard: Heard<InputSample2>; readonly embedding: Embedding }
  | { readonly failed: FailedSample };

/**
 * `embed` of contract version 2: embeds each sample and uploads its embedding, speaks the test samples, and scores the
 * samples and recorded consents. Names samples that fail and goes on with the others.
 *
 * @throws Error with the reason of the first sample if all fail
 */
export async function embedVersion2(input: EmbedInput2, engine: VoiceEngine, run: HandlerRun): Promise<EmbedOutput2> {
  const clock = new StageClock();
  const results = await clock.measure('embedding', () => embedSamples(input, engine, run));
  const failed = results.flatMap((result) => ('failed' in result ? [result.failed] : []));
  const embedded = results.flatMap((result) => ('failed' in result ? [] : [result]));
  if (embedded.length === 0) throw new Error(`No sample can be embedded. ${failed[0]?.message ?? ''}`);
  const heard = embedded.map((result) => result.heard);
  const testSamples = await clock.measure('testing', () => speakTestSamples(input, heard, engine, run));
  const scores = await clock.measure('scoring', () => scoreSamples(heard, engine, run));
  const consentScores = await clock.measure('scoring', () => compareConsents(input.consents, heard, engine, run));
  return {
    version: 2,
    job: input.job,
    tts_type: input.ttsType,
    engine: engineOf(engine),
    embeddings: embedded.map(({ embedding }) => embedding),
    test_samples: testSamples,
    sample_scores: scores,
    failed_samples: failed,
    consent_scores: consentScores,
    measures: { device: 'cpu', seconds: clock.seconds(), compared_with: heard.length === 1 ? 'itself' : 'others' },
  };
}

/** Returns the results in the order of the samples. */
async function embedSamples(input: EmbedInput2, engine: VoiceEngine, run: HandlerRun): Promise<readonly Result[]> {
  const results = new Array<Result>(input.samples.length);
  const count = await startStage(run, 'embedding', input.samples.length);
  await forEachLimited(input.samples, concurrentSamples, async (sample, position) => {
    results[position] = await embedSample(input, sample, position, engine, run).catch((error: unknown) => {
      if (!(error instanceof SampleFailure)) throw error;
      return { failed: { sample_index: sample.index, code: error.code, message: error.message } };
    });
    count();
  });
  return results;
}

async function embedSample(
  input: EmbedInput2,
  sample: InputSample2,
  position: number,
  engine: VoiceEngine,
  run: HandlerRun,
): Promise<Result> {
  const heard = await hearSample(sample, engine, run);
  if (!heard.voiceprint.audible) throw new SampleFailure('no_speech', `Sample ${sample.index} is silent`);
  const file = fileOf(input, { sample, ...heard }, engine, run);
  if (!isLeftOut(run.malformation, 'embedding', position)) {
    const what = `The embedding of sample ${sample.index}`;
    await putObject(sample.embeddingUrl, 'application/octet-stream', file, what, run.signal);
  }
  const secondsUsed = Math.round((heard.seconds ?? sample.duration) * 1000) / 1000;
  return {
    heard: { sample, ...heard },
    embedding: { sample_index: sample.index, ...uploaded(file), seconds_used: secondsUsed },
  };
}

/** The same sample gives the same bytes in the first run of any job, so that embeddings of equal samples are equal. */
function fileOf(
  input: EmbedInput2,
  { sample, voiceprint, pitchHz }: Heard,
  engine: VoiceEngine,
  run: HandlerRun,
): Buffer {
  const facts = {
    engine: engine.name.name,
    engine_version: engine.name.version,
    model: engine.model.model,
    model_revision: engine.model.revision,
    language: input.language,
    sample_sha256: sample.sha256,
    median_pitch: pitchHz === null ? '' : pitchHz.toFixed(1),
    run: String(run.number),
  };
  return embeddingFile(voiceprint.gaussian, facts, run.minEmbeddingBytes);
}
