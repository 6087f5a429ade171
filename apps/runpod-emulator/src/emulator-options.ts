export interface EmulatorOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The bearer key every request must carry. */
  readonly apiKey: string;
  readonly ffmpegPath: string;
  /** How long a finished job can be read; RunPod keeps results of /run for 30 minutes. */
  readonly retentionMs: number;
  /** Jobs that run at once; the others stay IN_QUEUE. */
  readonly workers: number;
  /** Pause before a webhook is sent again; RunPod waits 10 s. */
  readonly webhookRetryMs: number;
  /** Accept policies shorter than RunPod's least, for tests that cannot wait. */
  readonly shortPolicies: boolean;
  /** The engine's thread as built JavaScript. */
  readonly engineThread: URL;
}

/** Injection token of {@link EmulatorOptions}. */
export const EMULATOR_OPTIONS = Symbol('EMULATOR_OPTIONS');
