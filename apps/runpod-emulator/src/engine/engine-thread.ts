/** Entry of the engine's thread. Receives tasks as messages and runs them one after the other ({@link EngineWork}). */
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineAnswer, EngineRequest, EngineThreadData, EngineWork } from './engine-work.js';
import { engineSampleRate } from './engine-audio.js';
import { EspeakPackage } from './speech/espeak-package.js';
import { halfRate } from './signal/half-rate.js';
import { medianPitchHz } from './signal/pitch.js';
import { likenessToVoice, sampleLikenesses } from './scoring/similarity.js';
import { voiceprint } from './scoring/voiceprint.js';

const { espeakPath } = workerData as EngineThreadData;
let espeak: Promise<EspeakPackage> | undefined;

async function work(request: EngineRequest): Promise<EngineWork[keyof EngineWork]['gives']> {
  switch (request.kind) {
    case 'hear':
      return {
        seconds: request.samples.length / engineSampleRate,
        voiceprint: voiceprint(request.samples),
        pitchHz: medianPitchHz(halfRate(request.samples), engineSampleRate / 2),
      };
    case 'score':
      return sampleLikenesses(request.voiceprints);
    case 'compare':
      return likenessToVoice(request.recording, request.voice);
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
