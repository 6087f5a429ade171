import { asObject, isCount } from './json-reading.js';
import { readEach, right, wrong, type Reading } from './reading.js';
import type { TestSampleId } from './run-request.js';

/** An object that the GPU side reports to have uploaded. */
export interface DeliveredObject {
  readonly bytes: number;
  /** SHA-256, lower-case hex. */
  readonly sha256: string;
}

export interface DeliveredTestSample extends TestSampleId, DeliveredObject {
  readonly durationSeconds: number;
}

/** Quality of a sample for its voice: -1 to 1, higher is better. */
export interface SampleScore {
  readonly sampleIndex: number;
  readonly score: number;
  /** How much the least similar part of the sample's recording sounds like the voice, on a scale of its own. */
  readonly lowestPartScore?: number | undefined;
}

/** What made the results. `model` and `revision` are null in an output of version 1. */
export interface OutputEngine {
  readonly name: string;
  readonly version: string;
  readonly model: string | null;
  readonly revision: string | null;
  readonly scorer: string;
}

const sha256 = /^[0-9a-f]{64}$/;
const label = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

const isLabel = (value: unknown): value is string => typeof value === 'string' && label.test(value);

export function readEngine(value: unknown, outputVersion: 1 | 2): Reading<OutputEngine> {
  const { name, version, model, revision, scorer } = asObject(value) ?? {};
  if (!isLabel(name) || !isLabel(version) || !isLabel(scorer)) {
    return wrong('a result that does not name its engine, version and scorer');
  }
  if (outputVersion === 1) return right({ name, version, model: null, revision: null, scorer });
  if (!isLabel(model) || !isLabel(revision)) return wrong('a result that does not name its model and revision');
  return right({ name, version, model, revision, scorer });
}

/** @param what for the sentence, such as `test sample 3_1` */
export function readDelivered(value: unknown, what: string): Reading<DeliveredObject> {
  const fields = asObject(value);
  if (!fields) return wrong(`a result without ${what}`);
  const { bytes, sha256: hash } = fields;
  if (!isCount(bytes, 1)) return wrong(`a wrong size of ${what}`);
  if (typeof hash !== 'string' || !sha256.test(hash)) return wrong(`a wrong checksum of ${what}`);
  return right({ bytes, sha256: hash });
}

export function readTestSamples(
  value: unknown,
  asked: readonly TestSampleId[],
): Reading<readonly DeliveredTestSample[]> {
  const keyOf = ({ sampleIndex, sentenceIndex }: TestSampleId): string => `${sampleIndex}_${sentenceIndex}`;
  const open = new Set(asked.map(keyOf));
  return readEach(value, 'test samples', (item) => {
    const fields = asObject(item) ?? {};
    const { sample_index: sampleIndex, sentence_index: sentenceIndex, duration } = fields;
    if (!isCount(sampleIndex, 1) || !isCount(sentenceIndex, 1)) return wrong('a test sample without its indexes');
    const what = `test sample ${sampleIndex}_${sentenceIndex}`;
    if (!open.delete(keyOf({ sampleIndex, sentenceIndex }))) return wrong(`${what}, unasked or twice`);
    if (!isSeconds(duration)) return wrong(`a wrong duration of ${what}`);
    const delivered = readDelivered(fields, what);
    return delivered.ok
      ? right({ sampleIndex, sentenceIndex, durationSeconds: duration, ...delivered.value })
      : delivered;
  });
}

export function readScores(value: unknown, sent: readonly number[]): Reading<readonly SampleScore[]> {
  const open = new Set(sent);
  return readEach(value, 'sample scores', (item) => {
    const { sample_index: sampleIndex, score, lowest_part_score: lowestPart } = asObject(item) ?? {};
    if (!isCount(sampleIndex, 1)) return wrong('a score without its sample index');
    if (!open.delete(sampleIndex)) return wrong(`a score for sample ${sampleIndex}, unasked or twice`);
    if (!isScore(score)) return wrong(`a score for sample ${sampleIndex} that is no number from -1 to 1`);
    const lowestPartScore = lowestPart ?? undefined;
    if (lowestPartScore !== undefined && !isScore(lowestPartScore)) {
      return wrong(`a score for a part of sample ${sampleIndex} that is no number from -1 to 1`);
    }
    return right({ sampleIndex, score, lowestPartScore });
  });
}

/** JSON has no NaN, but 1e999 parses to Infinity, which the comparison rejects. */
const isScore = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 1;

/** JSON has no Infinity, but 1e999 parses to it. */
export const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
