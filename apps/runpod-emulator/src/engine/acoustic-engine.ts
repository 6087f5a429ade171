import type { EngineName } from './embedding-zip.js';
import type { EngineThreadClient } from './engine-thread-client.js';
import type { HeardSample } from './engine-work.js';
import { espeakSetting } from './espeak-setting.js';
import type { Ffmpeg } from './ffmpeg.js';
import type { Speech } from './speech.js';
import type { VoiceEngine } from './voice-engine.js';
import type { Voiceprint } from './voiceprint.js';

/** Encoded sentences kept for the next sample of about the same pitch; some 40 kB each. */
const KEPT_SENTENCES = 200;

/** Listens, compares and speaks with acoustics on the CPU; its name says that it is no neural speaker model. */
export class AcousticEngine implements VoiceEngine {
  readonly name: EngineName = { name: 'acoustic-baseline', version: '2', scorer: 'bhattacharyya-median-channel' };
  private readonly spoken = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly thread: EngineThreadClient,
    private readonly ffmpeg: Ffmpeg,
    private readonly speech: Speech,
  ) {}

  async hear(fetchSample: () => Promise<Buffer>, signal: AbortSignal): Promise<HeardSample> {
    const samples = await this.ffmpeg.decode(await fetchSample(), signal);
    return this.thread.do('hear', { samples }, [samples.buffer]);
  }

  async score(voiceprints: readonly Voiceprint[]): Promise<readonly number[]> {
    return this.thread.do('score', { voiceprints });
  }

  /**
   * Samples of one voice mostly share a pitch, so a sentence that was just spoken at it is not spoken again.
   */
  async speak(sentence: string, pitchHz: number | null): Promise<Buffer> {
    const setting = espeakSetting(pitchHz);
    const key = JSON.stringify([setting.voice, setting.pitch, sentence]);
    const known = this.spoken.get(key);
    if (known) return known;
    // Shared between jobs, so no single job's cancellation may end it.
    const fresh = this.speech(sentence, setting).then((audio) =>
      this.ffmpeg.encode(audio, new AbortController().signal),
    );
    this.spoken.set(key, fresh);
    if (this.spoken.size > KEPT_SENTENCES) this.spoken.delete(this.spoken.keys().next().value ?? key);
    fresh.catch(() => this.spoken.delete(key));
    return fresh;
  }
}
