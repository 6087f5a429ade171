import { sizeText } from '#libs/errors';
import { readMessage } from './job-error.js';
import { asObject, isCount, type JsonObject } from './json-reading.js';
import { readDelivered, isSeconds, type DeliveredObject } from './output-parts.js';
import { readEach, right, wrong, type Reading } from './reading.js';

/** A sample that was sent, and the size that its embedding may have. */
export interface SentSample {
  readonly index: number;
  readonly maxEmbeddingBytes: number;
}

/** The embedding of one sample. */
export interface DeliveredEmbedding extends DeliveredObject {
  readonly sampleIndex: number;
  /** How much of the sample the engine used. */
  readonly secondsUsed: number;
}

/** A sample that could not be embedded. */
export interface FailedSample {
  readonly sampleIndex: number;
  /** A word, such as `no_speech`. */
  readonly code: string;
  /** One line for the client. */
  readonly message: string;
}

/** What became of each sample: all that were sent are in one of the lists, each once. */
export interface SampleEmbeddings {
  /** By sample index, at least one. */
  readonly embeddings: readonly DeliveredEmbedding[];
  /** By sample index. */
  readonly failedSamples: readonly FailedSample[];
}

const failureCode = /^[a-z0-9_]{1,64}$/;

/** Reads `embeddings` and `failed_samples` of an output of version 2. */
export function readSampleEmbeddings(output: JsonObject, sent: readonly SentSample[]): Reading<SampleEmbeddings> {
  const open = new Map(sent.map((sample) => [sample.index, sample]));
  const embeddings = readEach(output.embeddings, 'embeddings', (item) => readEmbedding(item, open));
  if (!embeddings.ok) return embeddings;
  const failedSamples = readEach(output.failed_samples, 'failed samples', (item) => readFailed(item, open));
  if (!failedSamples.ok) return failedSamples;
  const [missing] = open.keys();
  if (missing !== undefined) return wrong(`a result without an embedding of sample ${missing}`);
  if (embeddings.value.length === 0) return wrong('a result in which every sample has failed');
  return right({ embeddings: sorted(embeddings.value), failedSamples: sorted(failedSamples.value) });
}

function readEmbedding(item: unknown, open: Map<number, SentSample>): Reading<DeliveredEmbedding> {
  const fields = asObject(item) ?? {};
  const { sample_index: sampleIndex, seconds_used: secondsUsed } = fields;
  if (!isCount(sampleIndex, 1)) return wrong('an embedding without its sample index');
  const what = `the embedding of sample ${sampleIndex}`;
  const sample = open.get(sampleIndex);
  if (!sample) return wrong(`${what}, unasked or twice`);
  open.delete(sampleIndex);
  const delivered = readDelivered(fields, what);
  if (!delivered.ok) return delivered;
  if (delivered.value.bytes > sample.maxEmbeddingBytes) {
    return wrong(`${what}, which is larger than ${sizeText(sample.maxEmbeddingBytes)}`);
  }
  if (!isSeconds(secondsUsed)) return wrong(`${what} without the seconds that were used`);
  return right({ sampleIndex, secondsUsed, ...delivered.value });
}

function readFailed(item: unknown, open: Map<number, SentSample>): Reading<FailedSample> {
  const { sample_index: sampleIndex, code, message } = asObject(item) ?? {};
  if (!isCount(sampleIndex, 1)) return wrong('a failed sample without its index');
  if (!open.delete(sampleIndex)) return wrong(`the failure of sample ${sampleIndex}, unasked or beside another result`);
  const line = readMessage(message);
  if (typeof code !== 'string' || !failureCode.test(code) || line === null) {
    return wrong(`the failure of sample ${sampleIndex} without a code and a message`);
  }
  return right({ sampleIndex, code, message: line });
}

function sorted<T extends { readonly sampleIndex: number }>(items: readonly T[]): readonly T[] {
  return [...items].sort((one, other) => one.sampleIndex - other.sampleIndex);
}
