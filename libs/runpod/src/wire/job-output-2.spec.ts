import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseOutput, type EmbeddingOutput, type OutputExpectation } from './job-output.js';

const jobId = '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44';
const sha256 = '0123456789abcdef'.repeat(4);
const indexes = [1, 3, 4];
const maxEmbeddingBytes = 16 * 1024 ** 2;
const expectation: OutputExpectation = {
  jobId,
  ttsType: 'kyutai',
  samples: indexes.map((index) => ({ index, maxEmbeddingBytes })),
  testSamples: indexes.map((sampleIndex) => ({ sampleIndex, sentenceIndex: 1 })),
};
const engine = {
  name: 'pocket-tts',
  version: '4.0.1',
  model: 'french_24l',
  revision: 'a1b2c3',
  scorer: 'wavlm-base-plus-sv@1',
};
const embedding = (sample_index: number, more: object = {}) => ({
  ...{ sample_index, bytes: 9_340_728, sha256, seconds_used: 15 },
  ...more,
});
const failed = { sample_index: 4, code: 'no_speech', message: 'The sample is silent' };
const testSample = { sample_index: 3, sentence_index: 1, duration: 3.2, bytes: 38_400, sha256 };
const good = {
  version: 2,
  job: jobId,
  tts_type: 'kyutai',
  engine,
  embeddings: [embedding(3), embedding(1, { seconds_used: 14.5 })],
  test_samples: [testSample],
  sample_scores: [{ sample_index: 3, score: 0.92 }],
  failed_samples: [failed],
  measures: { device: 'cuda:0', seconds: { load: 1.8 } },
};

const problemOf = (raw: unknown): string | null => {
  const reading = parseOutput(raw, expectation);
  return reading.ok ? null : reading.problem;
};

describe('parseOutput of version 2', () => {
  it('parses what became of each sample, by index', () => {
    expect(parseOutput(JSON.stringify(good), expectation)).toEqual({
      ok: true,
      value: {
        version: 2,
        engine,
        embeddings: [
          { sampleIndex: 1, bytes: 9_340_728, sha256, secondsUsed: 14.5 },
          { sampleIndex: 3, bytes: 9_340_728, sha256, secondsUsed: 15 },
        ],
        failedSamples: [{ sampleIndex: 4, code: 'no_speech', message: 'The sample is silent' }],
        testSamples: [{ sampleIndex: 3, sentenceIndex: 1, durationSeconds: 3.2, bytes: 38_400, sha256 }],
        sampleScores: [{ sampleIndex: 3, score: 0.92 }],
        consentScores: [],
      },
    });
  });

  it.each([{ lowest_part_score: 0.7 }, { lowest_part_score: null }, {}])('parses a score with %j', (part) => {
    const reading = parseOutput({ ...good, sample_scores: [{ sample_index: 3, score: 0.92, ...part }] }, expectation);
    const known = part.lowest_part_score ? { lowestPartScore: part.lowest_part_score } : {};
    expect(reading.ok && reading.value.sampleScores).toEqual([{ sampleIndex: 3, score: 0.92, ...known }]);
  });

  it('parses the scores of recorded consents', () => {
    const reading = parseOutput({ ...good, consent_scores: [{ id: jobId, score: 0.91 }] }, expectation);
    expect(reading).toMatchObject({ ok: true, value: { consentScores: [{ consentId: jobId, score: 0.91 }] } });
  });

  it('accepts an output in which every sample was embedded, without scores and test samples', () => {
    const all = { embeddings: indexes.map((index) => embedding(index)), failed_samples: [] };
    expect(problemOf({ ...good, ...all, test_samples: [], sample_scores: [] })).toBeNull();
  });

  it('makes one readable line of up to 300 characters of a message', () => {
    const messageOf = (message: string): string | undefined => {
      const reading = parseOutput({ ...good, failed_samples: [{ ...failed, message }] }, expectation);
      return reading.ok && reading.value.version === 2 ? reading.value.failedSamples[0]?.message : undefined;
    };
    expect(messageOf(' Too\n\u0000\u202eshort ')).toBe('Too short');
    expect(messageOf('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
  });

  it('accepts an embedding of exactly the largest size', () => {
    expect(problemOf({ ...good, embeddings: [embedding(1), embedding(3, { bytes: maxEmbeddingBytes })] })).toBeNull();
  });

  const part = (lowest_part_score: unknown): unknown => ({
    ...good,
    sample_scores: [{ sample_index: 3, score: 0, lowest_part_score }],
  });
  const consents = (...consent_scores: unknown[]): unknown => ({ ...good, consent_scores });
  const embeddings = (...made: unknown[]): unknown => ({ ...good, embeddings: made });
  const failures = (...failed_samples: unknown[]): unknown => ({ ...good, failed_samples });
  it.each([
    ['a result that does not name its engine, version and scorer', { ...good, engine: { ...engine, scorer: '' } }],
    ['a result that does not name its model and revision', { ...good, engine: { ...engine, model: undefined } }],
    ['a result that does not name its model and revision', { ...good, engine: { ...engine, revision: null } }],
    ['a result without a list of embeddings', { ...good, embeddings: undefined }],
    ['a result without a list of embeddings', { ...good, embeddings: undefined, embedding_zip: { bytes: 1, sha256 } }],
    ['an embedding without its sample index', embeddings(null)],
    ['an embedding without its sample index', embeddings(embedding(0))],
    ['the embedding of sample 2, unasked or twice', embeddings(embedding(2), embedding(1), embedding(3))],
    ['the embedding of sample 1, unasked or twice', embeddings(embedding(1), embedding(3), embedding(1))],
    ['a wrong size of the embedding of sample 1', embeddings(embedding(1, { bytes: 0 }))],
    ['a wrong checksum of the embedding of sample 1', embeddings(embedding(1, { sha256: 'ab' }))],
    [
      'the embedding of sample 1, which is larger than 16 MiB',
      embeddings(embedding(1, { bytes: maxEmbeddingBytes + 1 })),
    ],
    ['the embedding of sample 1 without the seconds that were used', embeddings(embedding(1, { seconds_used: '15' }))],
    ['the embedding of sample 1 without the seconds that were used', embeddings(embedding(1, { seconds_used: -1 }))],
    ['a result without a list of failed samples', { ...good, failed_samples: undefined }],
    ['a failed sample without its index', failures('4')],
    ['the failure of sample 5, unasked or beside another result', failures({ ...failed, sample_index: 5 })],
    ['the failure of sample 3, unasked or beside another result', failures({ ...failed, sample_index: 3 })],
    ['the failure of sample 4, unasked or beside another result', failures(failed, failed)],
    ['the failure of sample 4 without a code and a message', failures({ ...failed, code: 'No speech' })],
    ['the failure of sample 4 without a code and a message', failures({ ...failed, message: ' \n' })],
    ['the failure of sample 4 without a code and a message', failures({ ...failed, message: 4 })],
    ['a result without an embedding of sample 4', failures()],
    ['a result without an embedding of sample 1', embeddings(embedding(3))],
    [
      'a result in which every sample has failed',
      { ...good, embeddings: [], failed_samples: indexes.map((sample_index) => ({ ...failed, sample_index })) },
    ],
    ['a score for sample 4, which failed', { ...good, sample_scores: [{ sample_index: 4, score: 0 }] }],
    ['a score for sample 2, unasked or twice', { ...good, sample_scores: [{ sample_index: 2, score: 0 }] }],
    ['a score for a part of sample 3 that is no number from -1 to 1', part(-1.01)],
    ['a score for a part of sample 3 that is no number from -1 to 1', part('0.5')],
    ['a result without a list of consent scores', { ...good, consent_scores: null }],
    ['a consent score without the id of a consent', consents({ id: 1, score: 0.5 })],
    ['a consent score without the id of a consent', consents({ id: 'x', score: 0.5 })],
    ['two scores for a consent', consents({ id: jobId, score: 0.5 }, { id: jobId, score: 0.5 })],
    ['a score for a consent that is no number from -1 to 1', consents({ id: jobId, score: 1.01 })],
    ['a score for a consent that is no number from -1 to 1', consents({ id: jobId, score: null })],
    ['test sample 4_1 of a sample that failed', { ...good, test_samples: [{ ...testSample, sample_index: 4 }] }],
  ])('rejects %s', (returned, raw) => {
    expect(problemOf(raw)).toBe(`The embedding service returned ${returned}`);
  });

  /** What must hold of every output that is accepted. */
  const expectConsistent = (output: Extract<EmbeddingOutput, { version: 2 }>): void => {
    const made = output.embeddings.map(({ sampleIndex }) => sampleIndex);
    const lost = output.failedSamples.map(({ sampleIndex }) => sampleIndex);
    expect(made.length).toBeGreaterThan(0);
    expect([...made, ...lost].sort()).toEqual(indexes);
    for (const { sampleIndex } of [...output.sampleScores, ...output.testSamples]) expect(made).toContain(sampleIndex);
    for (const { bytes, secondsUsed } of output.embeddings) {
      expect(bytes).toBeLessThanOrEqual(maxEmbeddingBytes);
      expect(Number.isFinite(secondsUsed)).toBe(true);
    }
    for (const { message } of output.failedSamples) expect(message).toMatch(/^\P{C}{1,300}$/u);
  };

  it('accepts only consistent outputs, for any field replaced by any value', () => {
    const replaced = fc
      .tuple(fc.constantFrom(...Object.keys(good)), fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())))
      .map(([field, value]): object => ({ ...good, [field]: value }));
    fc.assert(
      fc.property(replaced, (raw) => {
        const reading = parseOutput(raw, expectation);
        if (reading.ok && reading.value.version === 2) expectConsistent(reading.value);
        else expect(problemOf(raw)).toMatch(/^The embedding service returned [ -~]+$/);
      }),
    );
  });

  const fates = ['embedded', 'embedded', 'failed', 'both', 'missing'] as const;
  it('accepts an output if and only if each sample is in one list, and failed ones have no other results', () => {
    const fate = fc.constantFrom(...fates);
    const results = [fc.tuple(fate, fate, fate), fc.subarray(indexes), fc.subarray(indexes)] as const;
    fc.assert(
      fc.property(...results, (fateOf, scored, tested) => {
        const having = (...wanted: readonly (typeof fates)[number][]): number[] =>
          indexes.filter((_, at) => wanted.some((one) => one === fateOf[at]));
        const raw = {
          ...good,
          embeddings: having('embedded', 'both').map((index) => embedding(index)),
          failed_samples: having('failed', 'both').map((sample_index) => ({ ...failed, sample_index })),
          sample_scores: scored.map((sample_index) => ({ sample_index, score: 0.5 })),
          test_samples: tested.map((sample_index) => ({ ...testSample, sample_index })),
        };
        const [embedded, lost] = [having('embedded'), having('failed')];
        const isConsistent =
          embedded.length > 0 &&
          embedded.length + lost.length === indexes.length &&
          ![...scored, ...tested].some((index) => lost.includes(index));
        expect(problemOf(raw) === null).toBe(isConsistent);
      }),
      { numRuns: 500 },
    );
  });
});
