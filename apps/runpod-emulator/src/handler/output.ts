import type { EngineModel, EngineName, VoiceEngine } from '../engine/voice-engine.js';

/** An object that the handler has uploaded. */
export interface UploadedObject {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export interface UploadedTestSample extends UploadedObject {
  readonly sample_index: number;
  readonly sentence_index: number;
  /** Seconds, to the millisecond. */
  readonly duration: number;
}

export interface SampleScore {
  readonly sample_index: number;
  readonly score: number;
  /** How much the part of its recording that is least similar to the voice sounds like it; not in version 1. */
  readonly lowest_part_score?: number | null;
}

/** How much a recorded consent sounds like the samples, from -1 to 1. */
export interface ConsentScore {
  readonly id: string;
  readonly score: number;
}

interface OutputHead {
  readonly job: string;
  readonly tts_type: string;
}

/** The output of `embed`, version 1 (docs/gpu-contract.md, "Version 1"). */
export interface EmbedOutput1 extends OutputHead {
  readonly version: 1;
  readonly engine: EngineName;
  readonly embedding_zip: UploadedObject;
  readonly test_samples: readonly UploadedTestSample[];
  /** In the order of the samples sent. */
  readonly sample_scores: readonly SampleScore[];
}

/** The output of `embed`, version 2 (docs/gpu-contract.md, "Output of `embed`"). */
export interface EmbedOutput2 extends OutputHead {
  readonly version: 2;
  readonly engine: EngineName & EngineModel;
  /** In the order of the samples sent, as are all lists. */
  readonly embeddings: readonly (UploadedObject & { readonly sample_index: number; readonly seconds_used: number })[];
  readonly test_samples: readonly UploadedTestSample[];
  readonly sample_scores: readonly SampleScore[];
  readonly failed_samples: readonly FailedSample[];
  readonly consent_scores: readonly ConsentScore[];
  readonly measures: Measures & { readonly compared_with: 'others' | 'itself' };
}

/** The output of `speak` (docs/gpu-contract.md, "`speak`"). */
export interface SpeakOutput extends OutputHead {
  readonly version: 2;
  readonly engine: EngineName & EngineModel;
  readonly speech: UploadedObject & { readonly duration: number };
  readonly measures: Measures;
}

export type HandlerOutput = EmbedOutput1 | EmbedOutput2 | SpeakOutput;

/** A sample that has no embedding, and why. */
export interface FailedSample {
  readonly sample_index: number;
  readonly code: SampleFailureCode;
  /** A sentence for the client. */
  readonly message: string;
}

export type SampleFailureCode = 'no_speech' | 'damaged' | 'wrong_sha256' | 'download_failed';

export interface Measures {
  readonly device: string;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Returns the `engine` of version 2. The scorer is of the engine's version. */
export function engineOf({ name, model }: VoiceEngine): EngineName & EngineModel {
  return { ...name, ...model, scorer: `${name.scorer}@${name.version}` };
}
