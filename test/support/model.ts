import { factsOf, type Facts } from './model-facts.js';
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

/** The work in progress, and the state that it ends in. */
type Pending =
  | { readonly kind: 'split'; readonly windowSeconds: number; readonly maxSamples: number; readonly isFirst: boolean }
  | { readonly kind: 'embed' };

/** The status of work, and what `errors` says of it. */
interface Work {
  readonly status: 'idle' | 'completed' | 'failed';
  readonly error: string | null;
}

const idle: Work = { status: 'idle', error: null };
const completed: Work = { status: 'completed', error: null };
const cancelled: Work = { status: 'failed', error: 'Cancelled' };

export const lockedSentence = 'Voice is currently being processed';

const timestamp = (seconds: number): string =>
  [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** Returns the samples of a split, by docs/api.md ("Recordings"). */
function planned(seconds: number, windowSeconds: number, maxSamples: number): SampleModel[] {
  if (seconds < windowSeconds) return [{ index: 1, source_timestamp: '00:00', duration: seconds }];
  const count = Math.min(maxSamples, Math.floor(seconds / windowSeconds));
  return Array.from({ length: count }, (_, at) => ({
    index: at + 1,
    source_timestamp: timestamp(at * windowSeconds),
    duration: windowSeconds,
  }));
}

const placed = ({ index, source_timestamp, duration }: SampleModel): SampleModel => ({
  index,
  source_timestamp,
  duration,
});

/** A consent on record. */
export interface ConsentModel {
  readonly id: string;
  isRevoked: boolean;
}

/** A kept embedding run. */
export interface RunModel {
  /** Of which split's samples it was made. A re-split that makes the same samples again may bring it back. */
  epoch: number;
  readonly samples: readonly SampleModel[];
  /** Higher than that of every run that became the current one before. */
  shown: number;
}

/** The current run and the two others that were current last are kept. */
const keptBeside = 2;

/** One voice as the contract describes it. Written from the contract alone, not from the code. */
export class VoiceModel {
  private static births = 0;
  /** Which voice was made before which. */
  readonly birth = (VoiceModel.births += 1);
  readonly consents: ConsentModel[] = [];
  samples: readonly SampleModel[] = [];
  nextIndex = 1;
  preferred: { readonly index: number; readonly by: 'person' | 'score' } | null = null;
  splitting = idle;
  embedding = idle;
  everEmbedded = false;
  /** Whether an embedding has ended, in whatever way. */
  hasInfo = false;
  stale = false;
  /** Whether the recording was converted. Until then a split reads the upload. */
  converted = false;
  /** Indexes of the samples with scores and test samples, until a re-split gives the indexes to other samples. */
  scored: readonly number[] = [];
  pending: Pending | null = null;
  /** Newest first. */
  runs: readonly RunModel[] = [];
  currentRun: RunModel | null = null;
  private epoch = 0;
  private shows = 0;

  /** @param recordingSeconds null: an empty voice */
  constructor(
    readonly id: string,
    readonly recordingSeconds: number | null,
    public facts: Facts,
  ) {
    if (recordingSeconds !== null) this.split(15, 25);
  }

  /** Starts a split. An embedding follows the first one. */
  split(windowSeconds: number, maxSamples: number): void {
    const isFirst = !this.converted && this.samples.length === 0;
    this.pending = { kind: 'split', windowSeconds, maxSamples, isFirst };
  }

  /** Completes the work in progress. The model knows no failure, whichever process dies meanwhile. */
  settle(): void {
    const { pending } = this;
    this.pending = null;
    if (pending === null) return;
    if (pending.kind === 'embed') return this.embedded();
    this.samplesReplaced(pending.windowSeconds, pending.maxSamples);
    this.splitting = completed;
    this.converted = true;
    if (pending.isFirst) this.embedded();
  }

  /**
   * Cancels the work in progress. Until a recording is converted, a split may show its samples before it ends, and the
   * embedding that follows a first split may be under way or completed. The answer says which.
   */
  cancel({ status, samples }: Pick<Details, 'status' | 'samples'>): void {
    const { pending } = this;
    this.pending = null;
    if (pending === null) return;
    if (pending.kind === 'embed') return this.embeddingCancelled();
    const { windowSeconds, maxSamples, isFirst } = pending;
    const isSplit = isFirst && status.splitting === 'completed';
    const made = planned(this.recordingSeconds ?? 0, windowSeconds, maxSamples);
    const isShown = isSplit || (!this.converted && JSON.stringify(samples.map(placed)) === JSON.stringify(made));
    this.splitting = isSplit ? completed : cancelled;
    this.converted ||= isSplit;
    if (!isShown) return;
    this.samplesReplaced(windowSeconds, maxSamples);
    if (!isFirst) return;
    if (status.embedding === 'completed') this.embedded();
    else this.embeddingCancelled();
  }

  addSample(seconds: number): number {
    const index = this.nextIndex;
    this.samples = [...this.samples, { index, source_timestamp: null, duration: seconds }];
    this.nextIndex += 1;
    this.stale = this.hasInfo;
    return index;
  }

  removeSample(index: number): void {
    this.samples = this.samples.filter((sample) => sample.index !== index);
    if (this.preferred?.index === index) this.preferred = null;
    this.stale = this.hasInfo;
  }

  /** Returns whether a run's samples are there. `unknown`: a re-split may have made the same ones again. */
  samplesOf({ epoch, samples }: RunModel): 'here' | 'gone' | 'unknown' {
    const left = samples.filter(({ index }) => this.has(index));
    if (left.length === 0) return 'gone';
    if (epoch === this.epoch) return 'here';
    if (samples.some(({ index }) => index >= this.nextIndex)) return 'gone';
    const made = new Map(samples.map((sample) => [sample.index, JSON.stringify(placed(sample))]));
    const isOther = (sample: SampleModel): boolean => (made.get(sample.index) ?? '') !== JSON.stringify(placed(sample));
    return this.samples.some((sample) => made.has(sample.index) && isOther(sample)) ? 'gone' : 'unknown';
  }

  restore(run: RunModel): void {
    run.epoch = this.epoch;
    this.show(run);
    const indexes = (samples: readonly SampleModel[]): string => samples.map(({ index }) => index).join();
    this.stale = indexes(run.samples) !== indexes(this.samples);
  }

  has(index: number): boolean {
    return this.samples.some((sample) => sample.index === index);
  }

  /** Returns the fields of the details that the model predicts. */
  shown(): object {
    return {
      id: this.id,
      ...this.facts,
      splitting: this.splitting.status,
      embedding: this.embedding.status,
      samples: this.samples,
      preferred: this.preferred?.index ?? null,
      has_original: this.recordingSeconds !== null,
      embedded: this.everEmbedded,
      stale: this.hasInfo ? this.stale : null,
      scored: this.scored,
      spoken: this.scored,
      errors: this.splitting.error ?? this.embedding.error,
    };
  }

  private samplesReplaced(windowSeconds: number, maxSamples: number): void {
    this.samples = planned(this.recordingSeconds ?? 0, windowSeconds, maxSamples);
    this.nextIndex = this.samples.length + 1;
    this.preferred = null;
    this.embedding = idle;
    this.stale = this.hasInfo;
    this.scored = [];
    this.epoch += 1;
  }

  private embeddingCancelled(): void {
    this.embedding = cancelled;
    this.hasInfo = true;
  }

  // The emulator's made-up scores fall from sample to sample, so the first is the best.
  private embedded(): void {
    const run = { epoch: this.epoch, samples: this.samples, shown: 0 };
    const beside = [...this.runs].sort((one, other) => other.shown - one.shown).slice(0, keptBeside);
    this.runs = [run, ...this.runs.filter((each) => beside.includes(each))];
    this.show(run);
    this.stale = false;
  }

  private show(run: RunModel): void {
    const best = run.samples.find(({ index }) => this.has(index));
    if (this.preferred?.by !== 'person') this.preferred = best ? { index: best.index, by: 'score' } : null;
    this.embedding = completed;
    this.everEmbedded = true;
    this.hasInfo = true;
    this.scored = run.samples.map(({ index }) => index);
    this.currentRun = run;
    run.shown = this.shows += 1;
  }
}

/** Returns the same fields of Timbre's answer. */
export function shownBy(details: Details): object {
  return {
    id: details.id,
    ...factsOf(details),
    splitting: details.status.splitting,
    embedding: details.status.embedding,
    samples: details.samples.map(placed),
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

/** A webhook as its partner has set it. */
export interface WebhookModel {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly enabled: boolean;
}

/** What one partner has. */
export interface ContractModel {
  /** By name. */
  readonly voices: Map<string, VoiceModel>;
  /** Oldest first. */
  webhooks: readonly WebhookModel[];
}

const unique = (entries: readonly { readonly sample_index: number }[] = []): readonly number[] =>
  [...new Set(entries.map(({ sample_index: index }) => index))].sort((a, b) => a - b);
