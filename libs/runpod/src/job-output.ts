import { asObject, isCount, parseJson, type JsonObject } from './json-reading.js';
import { readEach, right, wrong, type Reading } from './reading.js';
import type { TestSampleId } from './run-request.js';

/** An object the GPU side says it has PUT. */
export interface DeliveredObject {
  readonly bytes: number;
  /** SHA-256, lower-case hex. */
  readonly sha256: string;
}

export interface DeliveredTestSample extends TestSampleId, DeliveredObject {
  readonly durationSeconds: number;
}

/** How well a sample serves its voice: -1 to 1, higher is better. */
export interface SampleScore {
  readonly sampleIndex: number;
  readonly score: number;
}

/** The checked result of an embedding job. */
export interface EmbeddingOutput {
  readonly engine: { readonly name: string; readonly version: string; readonly scorer: string };
  readonly embeddingZip: DeliveredObject;
  /** Some or all of those asked for. */
  readonly testSamples: readonly DeliveredTestSample[];
  /** For some or all of the samples sent. */
  readonly sampleScores: readonly SampleScore[];
}

/** What the request of the job was, as far as its output has to agree with it. */
export interface OutputExpectation {
  readonly jobId: string;
  readonly ttsType: string;
  readonly sampleIndexes: readonly number[];
  readonly testSamples: readonly TestSampleId[];
}

/** The most an output may have, as JSON (runpod-contract.md). */
export const longestOutputBytes = 1024 * 1024;

const sha256 = /^[0-9a-f]{64}$/;
const label = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/**
 * Checks the output of an embedding job, from /status or from its result object (runpod-contract.md: output).
 *
 * Scores and test samples may be missing for some samples, even for all: an engine may be unable to judge a sample,
 * and the embedding itself is complete without. What nobody asked for, or a second value for the same thing, is an
 * error: it would be somebody else's result. Unknown fields are ignored.
 *
 * @param raw a parsed value or JSON text; anything at all
 * @returns the output, or one sentence for the customer that says what was wrong
 */
export function parseOutput(raw: unknown, expectation: OutputExpectation): Reading<EmbeddingOutput> {
  const fields = readHead(raw, expectation);
  if (!fields.ok) return fields;
  const engine = readEngine(fields.value.engine);
  if (!engine.ok) return engine;
  const embeddingZip = readDelivered(fields.value.embedding_zip, 'the embedding zip');
  if (!embeddingZip.ok) return embeddingZip;
  const testSamples = readTestSamples(fields.value.test_samples, expectation.testSamples);
  if (!testSamples.ok) return testSamples;
  const sampleScores = readScores(fields.value.sample_scores, expectation.sampleIndexes);
  if (!sampleScores.ok) return sampleScores;
  return right({
    engine: engine.value,
    embeddingZip: embeddingZip.value,
    testSamples: testSamples.value,
    sampleScores: sampleScores.value,
  });
}

function readHead(raw: unknown, { jobId, ttsType }: OutputExpectation): Reading<JsonObject> {
  const text = typeof raw === 'string' ? raw : toJson(raw);
  if (Buffer.byteLength(text) > longestOutputBytes) return wrong('a result that is larger than 1 MiB');
  const fields = asObject(parseJson(text));
  if (!fields) return wrong('a result that is no JSON object');
  if (fields.version !== 1) return wrong('a result of another version than 1');
  if (fields.job !== jobId) return wrong('the result of another job');
  if (fields.tts_type !== ttsType) return wrong('a result for another tts type');
  return right(fields);
}

function readEngine(value: unknown): Reading<EmbeddingOutput['engine']> {
  const { name, version, scorer } = asObject(value) ?? {};
  if (!isLabel(name) || !isLabel(version) || !isLabel(scorer)) {
    return wrong('a result that does not name its engine, version and scorer');
  }
  return right({ name, version, scorer });
}

function readDelivered(value: unknown, what: string): Reading<DeliveredObject> {
  const fields = asObject(value);
  if (!fields) return wrong(`a result without ${what}`);
  const { bytes, sha256: hash } = fields;
  if (!isCount(bytes, 1)) return wrong(`a wrong size of ${what}`);
  if (typeof hash !== 'string' || !sha256.test(hash)) return wrong(`a wrong checksum of ${what}`);
  return right({ bytes, sha256: hash });
}

function readTestSamples(value: unknown, asked: readonly TestSampleId[]): Reading<readonly DeliveredTestSample[]> {
  const keyOf = ({ sampleIndex, sentenceIndex }: TestSampleId): string => `${sampleIndex}_${sentenceIndex}`;
  const open = new Set(asked.map(keyOf));
  return readEach(value, 'test samples', (item) => {
    const fields = asObject(item) ?? {};
    const { sample_index: sampleIndex, sentence_index: sentenceIndex, duration } = fields;
    if (!isCount(sampleIndex, 1) || !isCount(sentenceIndex, 1)) return wrong('a test sample without its indexes');
    const what = `test sample ${sampleIndex}_${sentenceIndex}`;
    if (!open.delete(keyOf({ sampleIndex, sentenceIndex }))) return wrong(`${what}, unasked or twice`);
    if (typeof duration !== 'number' || !(duration > 0)) return wrong(`a wrong duration of ${what}`);
    const delivered = readDelivered(fields, what);
    return delivered.ok
      ? right({ sampleIndex, sentenceIndex, durationSeconds: duration, ...delivered.value })
      : delivered;
  });
}

function readScores(value: unknown, sent: readonly number[]): Reading<readonly SampleScore[]> {
  const open = new Set(sent);
  return readEach(value, 'sample scores', (item) => {
    const { sample_index: sampleIndex, score } = asObject(item) ?? {};
    if (!isCount(sampleIndex, 1)) return wrong('a score without its sample index');
    if (!open.delete(sampleIndex)) return wrong(`a score for sample ${sampleIndex}, unasked or twice`);
    // JSON has no NaN, yet 1e999 parses to Infinity: the comparison refuses it.
    if (typeof score !== 'number' || !(Math.abs(score) <= 1)) {
      return wrong(`a score for sample ${sampleIndex} that is no number from -1 to 1`);
    }
    return right({ sampleIndex, score });
  });
}

const isLabel = (value: unknown): value is string => typeof value === 'string' && label.test(value);

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
