import { forEachLimited } from '#libs/service';
import { isLeftOut } from '../behaviours/malformed-output.js';
import { embeddingZip } from '../engine/embedding-zip.js';
import type { VoiceEngine } from '../engine/voice-engine.js';
import type { EmbedInput1 } from './embed-input.js';
import { startStage, type HandlerRun } from './handler-run.js';
import type { EmbedOutput1 } from './output.js';
import { putObject } from './signed-objects.js';
import { concurrentSamples, hearSample, scoreSamples, speakTestSamples, uploaded, type Heard } from './stages.js';

/**
 * `embed` of contract version 1: embeds each sample, speaks the test samples, scores the samples, and uploads all
 * embeddings as one zip. A sample that fails ends the job.
 */
export async function embedVersion1(input: EmbedInput1, engine: VoiceEngine, run: HandlerRun): Promise<EmbedOutput1> {
  const heard = await hearSamples(input, engine, run);
  const testSamples = await speakTestSamples(input, heard, engine, run);
  const scores = await scoreSamples(heard, engine, run);
  const embedded = heard.map(({ sample, voiceprint }, position) => ({
    index: sample.index,
    sha256: sample.sha256,
    gaussian: voiceprint.gaussian,
    score: scores[position]?.score ?? 0,
  }));
  const zip = await embeddingZip(input.ttsType, engine.name, embedded, run.number > 1 ? `run ${run.number}` : '');
  if (!isLeftOut(run.malformation, 'embedding')) {
    await putObject(input.zipUrl, 'application/zip', zip, 'The embedding zip', run.signal);
  }
  return {
    version: 1,
    job: input.job,
    tts_type: input.ttsType,
    engine: engine.name,
    embedding_zip: uploaded(zip),
    test_samples: testSamples,
    sample_scores: embedded.map(({ index, score }) => ({ sample_index: index, score })),
  };
}

async function hearSamples(input: EmbedInput1, engine: VoiceEngine, run: HandlerRun): Promise<readonly Heard[]> {
  const heard = new Array<Heard>(input.samples.length);
  const count = await startStage(run, 'embedding', input.samples.length);
  await forEachLimited(input.samples, concurrentSamples, async (sample, position) => {
    heard[position] = { sample, ...(await hearSample(sample, engine, run)) };
    count();
  });
  return heard;
}
