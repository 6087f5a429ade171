import type { Language } from './speech/language.js';
import type { HeardSample, SampleLikeness } from './engine-work.js';
import type { Voiceprint } from './scoring/voiceprint.js';

/** What an engine calls itself in outputs, manifests and embedding files. */
export interface EngineName {
  readonly name: string;
  readonly version: string;
  readonly scorer: string;
}

/** The model of an engine. Embeddings of one model and revision do not work in another. */
export interface EngineModel {
  readonly model: string;
  readonly revision: string;
}

/** An engine of the handler. */
export interface VoiceEngine {
  readonly name: EngineName;
  readonly model: EngineModel;
  /** Analyses a sample. `fetchSample` downloads its Ogg Opus; the instant engine does not call it. */
  hear(fetchSample: () => Promise<Buffer>, signal: AbortSignal): Promise<HeardSample>;
  /** Scores each voiceprint of a voice, in their order. */
  score(voiceprints: readonly Voiceprint[]): Promise<readonly SampleLikeness[]>;
  /** Returns how much another recording sounds like a voice: a finite number in [-1, 1]; higher is more alike. */
  compare(recording: Voiceprint, voice: readonly Voiceprint[]): Promise<number>;
  /** Speaks a sentence at about this pitch (Hz), as Ogg Opus, mono, 48 kHz. */
  speak(sentence: string, pitchHz: number | null, language: Language): Promise<Buffer>;
}

/** Returns an engine that works like another one, and calls itself another version of it. */
export function otherVersion(engine: VoiceEngine, version: string): VoiceEngine {
  return {
    name: { ...engine.name, version },
    model: engine.model,
    hear: (fetchSample, signal) => engine.hear(fetchSample, signal),
    score: (voiceprints) => engine.score(voiceprints),
    compare: (recording, voice) => engine.compare(recording, voice),
    speak: (sentence, pitchHz, language) => engine.speak(sentence, pitchHz, language),
  };
}
