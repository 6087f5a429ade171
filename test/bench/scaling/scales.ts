/** How much work a run does. */
export interface ScalingScale {
  readonly rounds: number;
  readonly recordingSeconds: number;
  /** Recordings for each number of workers. */
  readonly recordings: number;
  /** Embeddings for each worker. */
  readonly embeddings: number;
  /** How long the emulator's GPU takes for an embedding. */
  readonly gpuMs: number;
  /** How long an answer of RunPod takes where waiting is to be the bound. */
  readonly answerMs: number;
  readonly requests: number;
  readonly seededVoices: number;
}

/** Some 3 minutes of CPU on each of two cores, and a good minute of waiting. */
export const full: ScalingScale = {
  rounds: 2,
  recordingSeconds: 60,
  recordings: 24,
  embeddings: 32,
  gpuMs: 2_000,
  answerMs: 3_000,
  requests: 2_000,
  seededVoices: 10_000,
};

/** Proves that everything runs; its figures mean nothing. */
export const short: ScalingScale = {
  rounds: 1,
  recordingSeconds: 5,
  recordings: 6,
  embeddings: 10,
  gpuMs: 100,
  answerMs: 200,
  requests: 40,
  seededVoices: 100,
};
