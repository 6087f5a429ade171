import type { StoredEngine } from '#libs/database';

/** Every reason why an embedding is not what an embedding of today would be, as the OpenAPI description lists them. */
export const staleReasonMeanings = {
  samples_changed: 'samples were added, deleted or replaced',
  engine_changed: 'the embedding service has another engine, or another version or model of it, now',
  language_changed: 'the voice has another language now',
} as const;

export type StaleReason = keyof typeof staleReasonMeanings;

/** What {@link staleReasons} compares with what is there now. */
export interface ComparedRun {
  readonly samplesChanged: boolean;
  /** null if it is not known: then it is not compared. So is the language. */
  readonly engine: StoredEngine | null;
  readonly language: string | null;
}

/** What is there now. */
export interface PresentState {
  readonly language: string;
  /** What the endpoint of the tts type last reported; null before its first report. */
  readonly engine: StoredEngine | null;
  /** What it last reported for the run's language, because an engine may have a model for each. */
  readonly engineOfLanguage: StoredEngine | null;
}

/** Compares a run with what is there now. The scorer does not count: it makes the scores, not the embeddings. */
export function staleReasons(run: ComparedRun, now: PresentState): StaleReason[] {
  const { engine, language } = run;
  const isOtherVersion = engine !== null && now.engine !== null && differs(engine, now.engine, ['name', 'version']);
  const isOtherModel =
    engine !== null && now.engineOfLanguage !== null && differs(engine, now.engineOfLanguage, ['model', 'revision']);
  return [
    ...(run.samplesChanged ? (['samples_changed'] as const) : []),
    ...(isOtherVersion || isOtherModel ? (['engine_changed'] as const) : []),
    ...(language !== null && language !== now.language ? (['language_changed'] as const) : []),
  ];
}

const differs = (one: StoredEngine, other: StoredEngine, fields: readonly (keyof StoredEngine)[]): boolean =>
  fields.some((field) => one[field] !== other[field]);
