/** How much work a run does. */
export interface ScalingScale {
  readonly rounds: number;
  readonly recordingSeconds: number;
  /** Recordings in each run of the split load. */
  readonly recordings: number;
  /** Embeddings for each worker. */
  readonly embeddings: number;
  /** Duration of an embedding on the emulator's GPU. */
  readonly gpuMs: number;
  /** Duration of a RunPod response in the load whose rate is limited by waiting. */
  readonly answerMs: number;
  readonly requests: number;
  readonly seededVoices: number;
}

/** About 3 minutes of CPU on each of two cores, and over a minute of waiting. */
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

/** Only proves that everything runs. The figures mean nothing. */
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
