import type { Details } from './voices.js';

/** The length of a recording the model knows, and the samples of its first split. */
export interface KnownRecording {
  readonly file: string;
  readonly seconds: number;
}

interface SampleModel {
  readonly index: number;
  readonly source_timestamp: string | null;
  readonly duration: number;
}

/** What is under way, and what it leads to when it is over. */
type Pending =
  | { readonly kind: 'first split'; readonly seconds: number }
  | { readonly kind: 'split'; readonly windowSeconds: number; readonly maxSamples: number }
  | { readonly kind: 'embed' };

export const lockedSentence = 'Voice is currently being processed';

const timestamp = (seconds: number): string =>
  [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** The samples of a split, by the contract's words (api.md, "Split"). */
function planned(seconds: number, windowSeconds: number, maxSamples: number): SampleModel[] {
  if (seconds < windowSeconds) return [{ index: 1, source_timestamp: '00:00', duration: seconds }];
  const count = Math.min(maxSamples, Math.floor(seconds / windowSeconds));
  return Array.from({ length: count }, (_, at) => ({
    index: at + 1,
    source_timestamp: timestamp(at * windowSeconds),
    duration: windowSeconds,
  }));
}

/** One voice, as the contract says it is; written apart from the code, from the contract alone. */
export class VoiceModel {
  samples: readonly SampleModel[] = [];
  nextIndex = 1;
  preferred: { readonly index: number; readonly by: 'person' | 'score' } | null = null;
  splitting: 'idle' | 'completed' = 'idle';
  embedding: 'idle' | 'completed' = 'idle';
  everEmbedded = false;
  stale = false;
  /** Indexes of the samples that the last embedding scored and spoke, until a re-split gives them to others. */
  scored: readonly number[] = [];
  pending: Pending | null = null;

  /** @param recordingSeconds null: an empty voice */
  constructor(readonly recordingSeconds: number | null) {
    if (recordingSeconds !== null) this.pending = { kind: 'first split', seconds: recordingSeconds };
  }

  /** What is under way has ended, well: the model knows no other end, whatever dies meanwhile. */
  settle(): void {
    const { pending } = this;
    this.pending = null;
    if (pending === null) return;
    if (pending.kind === 'embed') return this.embedded();
    const isFirst = pending.kind === 'first split';
    this.samples = isFirst
      ? planned(pending.seconds, 15, 25)
      : planned(this.recordingSeconds ?? 0, pending.windowSeconds, pending.maxSamples);
    this.nextIndex = this.samples.length + 1;
    this.splitting = 'completed';
    this.preferred = null;
    if (isFirst) return this.embedded();
    this.embedding = 'idle';
    this.stale = this.everEmbedded;
    this.scored = [];
  }

  addSample(seconds: number): number {
    const index = this.nextIndex;
    this.samples = [...this.samples, { index, source_timestamp: null, duration: seconds }];
    this.nextIndex += 1;
    this.stale = this.everEmbedded;
    return index;
  }

  removeSample(index: number): void {
    this.samples = this.samples.filter((sample) => sample.index !== index);
    if (this.preferred?.index === index) this.preferred = null;
    this.stale = this.everEmbedded;
  }

  has(index: number): boolean {
    return this.samples.some((sample) => sample.index === index);
  }

  /** The fields of the details that the model has an opinion on. */
  shown(): object {
    return {
      splitting: this.splitting,
      embedding: this.embedding,
      samples: this.samples,
      preferred: this.preferred?.index ?? null,
      has_original: this.recordingSeconds !== null,
      embedded: this.everEmbedded,
      stale: this.everEmbedded ? this.stale : null,
      scored: this.scored,
      spoken: this.scored,
      errors: null,
    };
  }

  // The emulator's made-up scores fall from sample to sample, so the first is the best.
  private embedded(): void {
    const best = this.samples[0];
    if (this.preferred?.by !== 'person') this.preferred = best ? { index: best.index, by: 'score' } : null;
    this.embedding = 'completed';
    this.everEmbedded = true;
    this.stale = false;
    this.scored = this.samples.map(({ index }) => index);
  }
}

/** The same fields, of what Timbre answers. */
export function shownBy(details: Details): object {
  return {
    splitting: details.status.splitting,
    embedding: details.status.embedding,
    samples: details.samples.map(({ index, source_timestamp, duration }) => ({ index, source_timestamp, duration })),
    preferred: details.preferred_sample_index,
    has_original: details.original_filename !== null,
    embedded: details.embedding_zip_url !== null,
    stale: details.embedding_info?.stale ?? null,
    scored: unique(details.embedding_info?.sample_scores),
    spoken: unique(details.embedding_info?.test_samples),
    errors: details.errors.splitting ?? details.errors.embedding,
  };
}

export function isBusy({ status }: Details): boolean {
  return status.splitting === 'in_progress' || status.embedding === 'in_progress';
}

/** All voices of one partner by name. */
export type ContractModel = Map<string, VoiceModel>;

const unique = (entries: readonly { readonly sample_index: number }[] = []): readonly number[] =>
  [...new Set(entries.map(({ sample_index: index }) => index))].sort((a, b) => a - b);
