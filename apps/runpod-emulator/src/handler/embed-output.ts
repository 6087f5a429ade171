/** The handler's output, version 1 (runpod-contract: "output"). */
export interface EmbedOutput {
  readonly version: 1;
  readonly job: string;
  readonly tts_type: string;
  readonly engine: { readonly name: string; readonly version: string; readonly scorer: string };
  readonly embedding_zip: { readonly bytes: number; readonly sha256: string };
  readonly test_samples: readonly {
    readonly sample_index: number;
    readonly sentence_index: number;
    /** Seconds, to the millisecond. */
    readonly duration: number;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  /** In the order of the samples sent. */
  readonly sample_scores: readonly { readonly sample_index: number; readonly score: number }[];
}

export const stages = ['embedding', 'testing', 'scoring'] as const;
export type Stage = (typeof stages)[number];

/** What /status shows in `output` while the handler works. */
export interface Progress {
  readonly stage: Stage;
  readonly done: number;
  readonly of: number;
}
