import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseOutput, type OutputExpectation } from './job-output.js';

const jobId = '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44';
const sha256 = '0123456789abcdef'.repeat(4);
const expectation: OutputExpectation = {
  jobId,
  ttsType: 'kyutai',
  samples: [
    { index: 1, maxEmbeddingBytes: 16 * 1024 ** 2 },
    { index: 3, maxEmbeddingBytes: 16 * 1024 ** 2 },
  ],
  testSamples: [
    { sampleIndex: 1, sentenceIndex: 1 },
    { sampleIndex: 3, sentenceIndex: 1 },
  ],
};
const testSample = { sample_index: 3, sentence_index: 1, duration: 3.2, bytes: 38_400, sha256 };
const good = {
  version: 1,
  job: jobId,
  tts_type: 'kyutai',
  engine: { name: 'acoustic-baseline', version: '1', scorer: 'bhattacharyya' },
  embedding_zip: { bytes: 123_456, sha256 },
  test_samples: [testSample],
  sample_scores: [
    { sample_index: 3, score: 0.92 },
    { sample_index: 1, score: -1 },
  ],
};
const problemOf = (raw: unknown): string | null => {
  const reading = parseOutput(raw, expectation);
  return reading.ok ? null : reading.problem;
};

describe('parseOutput of version 1', () => {
  const parsed = {
    version: 1,
    engine: { ...good.engine, model: null, revision: null },
    embeddingZip: { bytes: 123_456, sha256 },
    testSamples: [{ sampleIndex: 3, sentenceIndex: 1, durationSeconds: 3.2, bytes: 38_400, sha256 }],
    sampleScores: [
      { sampleIndex: 3, score: 0.92 },
      { sampleIndex: 1, score: -1 },
    ],
  };

  it('parses an output, as a value or as text, and ignores unknown fields', () => {
    expect(parseOutput(good, expectation)).toEqual({ ok: true, value: parsed });
    expect(parseOutput(JSON.stringify({ ...good, more: [1] }), expectation)).toEqual({ ok: true, value: parsed });
  });

  it('accepts missing scores and test samples', () => {
    expect(problemOf({ ...good, test_samples: [], sample_scores: [{ sample_index: 1, score: 1 }] })).toBeNull();
    expect(problemOf({ ...good, test_samples: [], sample_scores: [] })).toBeNull();
  });

  const scores = (...sample_scores: unknown[]): unknown => ({ ...good, sample_scores });
  const tests = (...test_samples: unknown[]): unknown => ({ ...good, test_samples });
  it.each([
    ['a result that is no JSON object', null],
    ['a result that is no JSON object', undefined],
    ['a result that is no JSON object', [good]],
    ['a result that is no JSON object', '{"version": 1'],
    ['a result that is no JSON object', { ...good, version: 1n }],
    ['a result that is larger than 1 MiB', { ...good, more: 'x'.repeat(1024 * 1024) }],
    ['a result that is larger than 1 MiB', JSON.stringify({ ...good, more: 'é'.repeat(600_000) })],
    ['a result of another version than 1 and 2', { ...good, version: 3 }],
    ['a result of another version than 1 and 2', { ...good, version: '1' }],
    ['the result of another job', { ...good, job: jobId.replace('5', '6') }],
    ['a result for another tts type', { ...good, tts_type: 'other' }],
    ['a result that does not name its engine, version and scorer', { ...good, engine: { name: 'a', version: 1 } }],
    ['a result that does not name its engine, version and scorer', { ...good, engine: { ...good.engine, name: '' } }],
    [
      'a result that does not name its engine, version and scorer',
      { ...good, engine: { ...good.engine, name: 'a\nb' } },
    ],
    ['a result without the embedding zip', { ...good, embedding_zip: null }],
    ['a wrong size of the embedding zip', { ...good, embedding_zip: { bytes: 0, sha256 } }],
    ['a wrong size of the embedding zip', { ...good, embedding_zip: { bytes: 2 ** 60, sha256 } }],
    ['a wrong checksum of the embedding zip', { ...good, embedding_zip: { bytes: 1, sha256: sha256.toUpperCase() } }],
    ['a result without a list of test samples', { ...good, test_samples: {} }],
    ['a test sample without its indexes', tests('text')],
    ['a test sample without its indexes', tests({ ...testSample, sample_index: '3' })],
    ['test sample 3_2, unasked or twice', tests({ ...testSample, sentence_index: 2 })],
    ['test sample 3_1, unasked or twice', tests(testSample, testSample)],
    ['a wrong duration of test sample 3_1', tests({ ...testSample, duration: 0 })],
    ['a wrong size of test sample 3_1', tests({ ...testSample, bytes: 1.5 })],
    ['a wrong checksum of test sample 3_1', tests({ ...testSample, sha256: `${sha256}0` })],
    ['a result without a list of sample scores', { ...good, sample_scores: undefined }],
    ['a score without its sample index', scores(0.5)],
    ['a score without its sample index', scores({ sample_index: 0, score: 1 })],
    ['a score for sample 2, unasked or twice', scores({ sample_index: 2, score: 1 })],
    ['a score for sample 1, unasked or twice', scores({ sample_index: 1, score: 1 }, { sample_index: 1, score: 0 })],
    ['a score for sample 1 that is no number from -1 to 1', scores({ sample_index: 1, score: 1.01 })],
    ['a score for sample 1 that is no number from -1 to 1', scores({ sample_index: 1, score: NaN })],
    ['a score for sample 1 that is no number from -1 to 1', scores({ sample_index: 1, score: '0.5' })],
    ['a score for sample 1 that is no number from -1 to 1', scores({ sample_index: 1 })],
  ])('rejects %s', (returned, raw) => {
    expect(problemOf(raw)).toBe(`The embedding service returned ${returned}`);
  });

  it('rejects numbers that overflow', () => {
    expect(problemOf(JSON.stringify(good).replace('0.92', '1e999'))).toContain('no number from -1 to 1');
    expect(problemOf(JSON.stringify(good).replace('3.2', '1e999'))).toContain('a wrong duration of test sample 3_1');
  });

  it('returns a sentence for any value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withBigInt: true }), fc.json(), fc.string()), (raw) => {
        expect(problemOf(raw)).toMatch(/^The embedding service returned [ -~]+$/);
      }),
    );
  });

  it('never accepts a wrong score, for any field replaced by any value', () => {
    const replaced = fc
      .tuple(fc.constantFrom(...Object.keys(good)), fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())))
      .map(([field, value]): object => ({ ...good, [field]: value }));
    fc.assert(
      fc.property(replaced, (raw) => {
        const reading = parseOutput(raw, expectation);
        if (!reading.ok) return expect(typeof reading.problem).toBe('string');
        const indexes = reading.value.sampleScores.map(({ sampleIndex }) => sampleIndex);
        expect(new Set(indexes).size).toBe(indexes.length);
        for (const { sampleIndex, score } of reading.value.sampleScores) {
          expect([1, 3]).toContain(sampleIndex);
          expect(Math.abs(score)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
