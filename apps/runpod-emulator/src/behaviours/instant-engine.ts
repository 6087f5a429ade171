import { espeakSampleRate } from '../engine/speech/espeak-package.js';
import type { HeardSample, SampleLikeness } from '../engine/engine-work.js';
import type { Ffmpeg } from '../engine/ffmpeg.js';
import type { EngineModel, EngineName, VoiceEngine } from '../engine/voice-engine.js';
import { voiceprint, type Voiceprint } from '../engine/scoring/voiceprint.js';

const toneHz = 220;

/** Makes up its results without decoding any sample, for load tests: valid files with constant content. */
export class InstantEngine implements VoiceEngine {
  readonly name: EngineName = { name: 'instant-constant', version: '1', scorer: 'none' };
  readonly model: EngineModel = { model: 'constant', revision: '1' };
  private readonly heard: HeardSample = {
    seconds: null,
    voiceprint: { ...voiceprint(new Float32Array(0)), audible: true },
    pitchHz: null,
  };
  private tone: Promise<Buffer> | null = null;

  constructor(private readonly ffmpeg: Ffmpeg) {}

  async hear(): Promise<HeardSample> {
    return this.heard;
  }

  /** Decreases a little from sample to sample, so that the first is the best. */
  async score(voiceprints: readonly Voiceprint[]): Promise<readonly SampleLikeness[]> {
    return voiceprints.map((_, i) => ({ score: Math.round(9000 / (1 + i / 100)) / 1e4, lowestPartScore: null }));
  }

  async compare(): Promise<number> {
    return 0.9;
  }

  async speak(): Promise<Buffer> {
    this.tone ??= this.ffmpeg.encode(
      { inputOptions: ['-f', 's16le', '-ar', String(espeakSampleRate), '-ac', '1'], bytes: oneSecondTone() },
      new AbortController().signal,
    );
    return this.tone;
  }
}

function oneSecondTone(): Buffer {
  const pcm = Buffer.alloc(espeakSampleRate * 2);
  for (let i = 0; i < espeakSampleRate; i++) {
    pcm.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * toneHz * i) / espeakSampleRate)), i * 2);
  }
  return pcm;
}
