import { availableParallelism } from 'node:os';
import { AcousticEngine } from '../../apps/runpod-emulator/src/engine/acoustic-engine.js';
import { EngineThreadClient } from '../../apps/runpod-emulator/src/engine/engine-thread-client.js';
import { Ffmpeg } from '../../apps/runpod-emulator/src/engine/ffmpeg.js';
import { findSynthesiser, speechOf } from '../../apps/runpod-emulator/src/engine/speech/speech.js';
import type { VoiceEngine } from '../../apps/runpod-emulator/src/engine/voice-engine.js';
import { handle } from '../../apps/runpod-emulator/src/handler/handler.js';
import { WorkerClient, type WorkerHandler } from '../../apps/runpod-emulator/test/worker-client.js';
import type { HandlerStage } from './handler-stages.js';

/**
 * A handler in a process of its own: takes jobs by the worker side of RunPod's queue, and runs the acoustic engine.
 *
 * With STALL_AT it says so and waits when it first reaches this stage, until SIGUSR2 lets it go on or the job is stopped.
 */
const { HANDLER_ENDPOINT = '', HANDLER_KEY = '', HANDLER_ID = '', FFMPEG_PATH = '', STALL_AT } = process.env;

const engineThread = new URL('../../apps/runpod-emulator/src/engine/engine-thread.js', import.meta.url);
const synthesiser = findSynthesiser();
const thread = new EngineThreadClient(engineThread, {
  espeakPath: synthesiser.kind === 'package' ? synthesiser.path : null,
});
const ffmpeg = new Ffmpeg(FFMPEG_PATH, availableParallelism());
const acoustic = new AcousticEngine(thread, ffmpeg, speechOf(synthesiser, thread));

const released = new Promise<void>((resolve) => void process.once('SIGUSR2', () => resolve()));
let hasStalled = false;

async function reach(stage: HandlerStage, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (stage !== STALL_AT || hasStalled) return;
  hasStalled = true;
  console.log(`stalled while ${stage}`);
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await Promise.race([released, stopped]);
  signal.throwIfAborted();
}

/** The acoustic engine for one job, which waits where it is told. */
const engineFor = (signal: AbortSignal): VoiceEngine => ({
  name: acoustic.name,
  model: acoustic.model,
  hear: (fetchSample) =>
    acoustic.hear(async () => {
      await reach('downloading', signal);
      const sample = await fetchSample();
      await reach('embedding', signal);
      return sample;
    }, signal),
  speak: async (sentence, pitchHz, language) => {
    await reach('testing', signal);
    return acoustic.speak(sentence, pitchHz, language);
  },
  compare: (recording, voice) => acoustic.compare(recording, voice),
  score: async (voiceprints) => {
    await reach('scoring', signal);
    const scores = await acoustic.score(voiceprints);
    await reach('uploading', signal);
    return scores;
  },
});

const handler: WorkerHandler = async ({ id, input }, run) => {
  const { signal } = run;
  console.log(`took ${id}`);
  signal.addEventListener('abort', () => console.log(`stopped ${id}`));
  const output = await handle(input, engineFor(signal), {
    signal,
    number: 1,
    malformation: null,
    failing: [],
    minEmbeddingBytes: 0,
    enter: async () => undefined,
    report: (progress) => void run.report(progress).catch(() => undefined),
  });
  console.log(`uploaded ${id}`);
  return output;
};

const worker = new WorkerClient(HANDLER_ENDPOINT, HANDLER_KEY, HANDLER_ID);
worker.start(handler);
process.once('SIGTERM', () => void worker.leave().then(() => process.exit(0)));
process.send?.('ready');
