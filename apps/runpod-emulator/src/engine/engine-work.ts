import type { EspeakSetting } from './speech/espeak-setting.js';
import type { Voiceprint } from './scoring/voiceprint.js';

/** Acoustic features of one sample. */
export interface HeardSample {
  readonly voiceprint: Voiceprint;
  /** Length of the decoded audio; null if it was not decoded. */
  readonly seconds: number | null;
  /** Median F0; null if no part of the sample is voiced. */
  readonly pitchHz: number | null;
}

/** How much a sample sounds like the others of its voice, from -1 to 1; higher is more alike. */
export interface SampleLikeness {
  readonly score: number;
  /** That of its least similar part; null if it has no parts. */
  readonly lowestPartScore: number | null;
}

/** The CPU-bound tasks of the engine, which run on a thread of their own: input and result of each kind. */
export interface EngineWork {
  hear: { takes: { readonly samples: Float32Array }; gives: HeardSample };
  score: { takes: { readonly voiceprints: readonly Voiceprint[] }; gives: readonly SampleLikeness[] };
  compare: { takes: { readonly recording: Voiceprint; readonly voice: readonly Voiceprint[] }; gives: number };
  speak: { takes: { readonly text: string; readonly setting: EspeakSetting }; gives: Int16Array };
}

export type EngineRequest = {
  [K in keyof EngineWork]: { readonly id: number; readonly kind: K } & EngineWork[K]['takes'];
}[keyof EngineWork];

export type EngineAnswer =
  | { readonly id: number; readonly result: EngineWork[keyof EngineWork]['gives'] }
  | { readonly id: number; readonly failure: string };

/** `workerData` of the thread. */
export interface EngineThreadData {
  /** Main file of the eSpeak NG package; null if another program speaks. */
  readonly espeakPath: string | null;
}
