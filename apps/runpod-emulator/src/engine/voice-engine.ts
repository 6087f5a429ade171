import type { EngineName } from './embedding-zip.js';
import type { HeardSample } from './engine-work.js';
import type { Voiceprint } from './voiceprint.js';

/** What the embed handler asks of an engine. */
export interface VoiceEngine {
  readonly name: EngineName;
  /** What a sample sounds like; `fetchSample` gives its Ogg Opus, and is called only by an engine that listens. */
  hear(fetchSample: () => Promise<Buffer>, signal: AbortSignal): Promise<HeardSample>;
  /** A finite score in [-1, 1] for each voiceprint of a voice, in their order; higher is better. */
  score(voiceprints: readonly Voiceprint[]): Promise<readonly number[]>;
  /** A sentence at about this pitch (Hz), as Ogg Opus mono 48 kHz. */
  speak(sentence: string, pitchHz: number | null): Promise<Buffer>;
}
