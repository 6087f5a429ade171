/** Entry of the engine's thread: does {@link EngineWork}, one piece after the other, as messages ask for it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineAnswer, EngineRequest, EngineThreadData, EngineWork } from './engine-work.js';
import { ENGINE_SAMPLE_RATE } from './engine-audio.js';
import { EspeakPackage } from './espeak-package.js';
import { halfRate } from './half-rate.js';
import { medianPitchHz } from './pitch.js';
import { similarityScores } from './similarity.js';
import { voiceprint } from './voiceprint.js';

const { espeakPath } = workerData as EngineThreadData;
let espeak: Promise<EspeakPackage> | undefined;

async function work(request: EngineRequest): Promise<EngineWork[keyof EngineWork]['gives']> {
  switch (request.kind) {
    case 'hear':
      return {
        voiceprint: voiceprint(request.samples),
        pitchHz: medianPitchHz(halfRate(request.samples), ENGINE_SAMPLE_RATE / 2),
      };
    case 'score':
      return similarityScores(request.voiceprints);
    case 'speak':
      if (espeakPath === null) throw new Error('This thread was started without a synthesiser');
      espeak ??= EspeakPackage.load(espeakPath);
      return (await espeak).speak(request.text, request.setting);
  }
}

parentPort?.on('message', (request: EngineRequest) => {
  work(request).then(
    (result) => parentPort?.postMessage({ id: request.id, result } satisfies EngineAnswer),
    (error: unknown) => parentPort?.postMessage({ id: request.id, failure: String(error) } satisfies EngineAnswer),
  );
});
