import type { EngineThreadClient } from './engine-thread-client.js';
import type { HeardSample, SampleLikeness } from './engine-work.js';
import { espeakSetting } from './speech/espeak-setting.js';
import type { Language } from './speech/language.js';
import type { Ffmpeg } from './ffmpeg.js';
import type { Speech } from './speech/speech.js';
import type { EngineModel, EngineName, VoiceEngine } from './voice-engine.js';
import type { Voiceprint } from './scoring/voiceprint.js';

/** Encoded sentences kept for the next sample of about the same pitch, about 40 kB each. */
const maxSentences = 200;

/** Embeds, scores and speaks by acoustics on the CPU. Its name says that it is no neural speaker model. */
export class AcousticEngine implements VoiceEngine {
  readonly name: EngineName = { name: 'acoustic-baseline', version: '2', scorer: 'bhattacharyya-median-channel' };
  readonly model: EngineModel = { model: 'cepstral-gaussian', revision: '1' };
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

  async score(voiceprints: readonly Voiceprint[]): Promise<readonly SampleLikeness[]> {
    return this.thread.do('score', { voiceprints });
  }

  async compare(recording: Voiceprint, voice: readonly Voiceprint[]): Promise<number> {
    return this.thread.do('compare', { recording, voice });
  }

  /** Reuses a sentence that was spoken at about this pitch, which the samples of one voice mostly share. */
  async speak(sentence: string, pitchHz: number | null, language: Language = 'en'): Promise<Buffer> {
    const setting = espeakSetting(pitchHz, language);
    const key = JSON.stringify([setting.voice, setting.pitch, sentence]);
    const known = this.spoken.get(key);
    if (known) return known;
    // Shared between jobs, so the cancellation of one job must not end it.
    const fresh = this.speech(sentence, setting).then((audio) =>
      this.ffmpeg.encode(audio, new AbortController().signal),
    );
    this.spoken.set(key, fresh);
    if (this.spoken.size > maxSentences) this.spoken.delete(this.spoken.keys().next().value ?? key);
    fresh.catch(() => this.spoken.delete(key));
    return fresh;
  }
}
