export const engineKinds = ['acoustic-baseline', 'worker'] as const;
export type EngineKind = (typeof engineKinds)[number];

export interface EmulatorOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Who runs jobs: the engine of this process, or workers that take them (docs/gpu-contract.md, "The worker side"). */
  readonly engine: EngineKind;
  /** How long a worker may show no sign of life before its job is given back. */
  readonly heartbeatMs: number;
  /** The bearer key that every request must have. */
  readonly apiKey: string;
  readonly ffmpegPath: string;
  /** How long a finished job can be read. RunPod keeps results of /run for 30 minutes. */
  readonly retentionMs: number;
  /** Maximum number of jobs that run in this process. The others stay IN_QUEUE. */
  readonly workers: number;
  /** Delay before a webhook is retried. RunPod waits 10 s. */
  readonly webhookRetryMs: number;
  /** Accepts policies below RunPod's minimum, for tests. */
  readonly shortPolicies: boolean;
  /** Compiled entry of the engine's thread. */
  readonly engineThread: URL;
}

/** Injects the {@link EmulatorOptions}. */
export const EMULATOR_OPTIONS = Symbol('EmulatorOptions');
