import { ESPEAK_SAMPLE_RATE } from '../engine/espeak-package.js';
import type { EngineName } from '../engine/embedding-zip.js';
import type { HeardSample } from '../engine/engine-work.js';
import type { Ffmpeg } from '../engine/ffmpeg.js';
import type { VoiceEngine } from '../engine/voice-engine.js';
import { voiceprint, type Voiceprint } from '../engine/voiceprint.js';

const TONE_HZ = 220;

/** Makes everything up without listening, for load tests: real files of the right shape, and nothing in them. */
export class InstantEngine implements VoiceEngine {
  readonly name: EngineName = { name: 'instant-constant', version: '1', scorer: 'none' };
  private readonly heard: HeardSample = { voiceprint: voiceprint(new Float32Array(0)), pitchHz: null };
  private tone: Promise<Buffer> | null = null;

  constructor(private readonly ffmpeg: Ffmpeg) {}

  async hear(): Promise<HeardSample> {
    return this.heard;
  }

  /** Falls a little from sample to sample, so that the first is the best. */
  async score(voiceprints: readonly Voiceprint[]): Promise<readonly number[]> {
    return voiceprints.map((_, i) => Math.round(9000 / (1 + i / 100)) / 1e4);
  }

  async speak(): Promise<Buffer> {
    this.tone ??= this.ffmpeg.encode(
      { inputOptions: ['-f', 's16le', '-ar', String(ESPEAK_SAMPLE_RATE), '-ac', '1'], bytes: oneSecondTone() },
      new AbortController().signal,
    );
    return this.tone;
  }
}

function oneSecondTone(): Buffer {
  const pcm = Buffer.alloc(ESPEAK_SAMPLE_RATE * 2);
  for (let i = 0; i < ESPEAK_SAMPLE_RATE; i++) {
    pcm.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * TONE_HZ * i) / ESPEAK_SAMPLE_RATE)), i * 2);
  }
  return pcm;
}
