import type { EspeakSetting } from './espeak-setting.js';
import type { Voiceprint } from './voiceprint.js';

/** What one sample sounds like. */
export interface HeardSample {
  readonly voiceprint: Voiceprint;
  /** Median F0, `null` when no part of it is voiced. */
  readonly pitchHz: number | null;
}

/** The CPU-heavy work of the engine, which is done on a thread of its own: what each kind takes and gives. */
export interface EngineWork {
  hear: { takes: { readonly samples: Float32Array }; gives: HeardSample };
  score: { takes: { readonly voiceprints: readonly Voiceprint[] }; gives: readonly number[] };
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
  /** Main file of the eSpeak NG package, or `null` where speech comes from elsewhere. */
  readonly espeakPath: string | null;
}
