import { describe, expect, it } from '@jest/globals';
import { buildRunRequest, testSamplesInOrder, type RunRequest } from './run-request.js';

const sha256 = 'a'.repeat(64);

function requestOf(samples: number, sentences: number, urlLength: number, version: 1 | 2 = 2): RunRequest {
  const url = `https://storage.test/${'x'.repeat(urlLength)}`;
  const indexes = Array.from({ length: samples }, (_, position) => position + 1);
  return {
    jobId: '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44',
    generation: 2,
    ttsType: 'kyutai',
    voice: { partner: 'my-partner', name: 'Sprecherin ü' },
    samples: indexes.map((index) => ({ index, durationSeconds: 15, sha256, url })),
    testSentences: Array.from({ length: sentences }, (_, position) => `Sentence ${position + 1}, é`),
    testSamples: testSamplesInOrder(indexes, sentences).map((id) => ({ ...id, url })),
    embeddings:
      version === 1
        ? { version, zipUrl: `${url}zip` }
        : { version, language: 'de', urls: indexes.map((index) => `${url}embeddings/${index}`), consents: [] },
    outputUrl: `${url}output`,
    webhookUrl: 'https://voice.test/api/hooks/runpod/t',
    executionTimeoutMs: 600_000,
    ttlMs: 86_400_000,
  };
}

interface WireTestSample {
  readonly sample_index: number;
  readonly sentence_index: number;
}
interface WireRequest {
  readonly input: {
    readonly samples: readonly unknown[];
    readonly results: { readonly test_samples: readonly WireTestSample[] };
  };
}
const parse = (body: string): WireRequest => JSON.parse(body) as WireRequest;

describe('buildRunRequest', () => {
  it('builds the body of contract version 2', () => {
    const { body, testSampleCount } = buildRunRequest(requestOf(2, 1, 0));
    expect(testSampleCount).toBe(2);
    const sample = { duration: 15, sha256, url: 'https://storage.test/' };
    const testSample = { sentence_index: 1, url: 'https://storage.test/' };
    expect(JSON.parse(body)).toEqual({
      input: {
        version: 2,
        action: 'embed',
        job: '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44',
        generation: 2,
        tts_type: 'kyutai',
        language: 'de',
        voice: { partner: 'my-partner', name: 'Sprecherin ü' },
        samples: [
          { ...sample, index: 1, embedding_url: 'https://storage.test/embeddings/1' },
          { ...sample, index: 2, embedding_url: 'https://storage.test/embeddings/2' },
        ],
        test_sentences: ['Sentence 1, é'],
        results: {
          test_samples: [
            { ...testSample, sample_index: 1 },
            { ...testSample, sample_index: 2 },
          ],
          output: 'https://storage.test/output',
        },
      },
      webhook: 'https://voice.test/api/hooks/runpod/t',
      policy: { executionTimeout: 600_000, ttl: 86_400_000 },
    });
  });

  it('adds the recorded consents of a voice that has some', () => {
    const request = requestOf(1, 1, 0);
    const consents = [{ id: 'c1', durationSeconds: 6.5, sha256, url: 'https://storage.test/consent' }];
    const embeddings = { version: 2, language: 'de', urls: ['https://storage.test/1'], consents } as const;
    const sent = [{ id: 'c1', duration: 6.5, sha256, url: 'https://storage.test/consent' }];
    expect(JSON.parse(buildRunRequest({ ...request, embeddings }).body)).toMatchObject({ input: { consents: sent } });
  });

  it('builds the body of contract version 1', () => {
    const { body, testSampleCount } = buildRunRequest(requestOf(1, 1, 0, 1));
    expect(testSampleCount).toBe(1);
    expect(JSON.parse(body)).toEqual({
      input: {
        version: 1,
        action: 'embed',
        job: '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44',
        generation: 2,
        tts_type: 'kyutai',
        voice: { partner: 'my-partner', name: 'Sprecherin ü' },
        samples: [{ index: 1, duration: 15, sha256, url: 'https://storage.test/' }],
        test_sentences: ['Sentence 1, é'],
        results: {
          embedding_zip: 'https://storage.test/zip',
          test_samples: [{ sample_index: 1, sentence_index: 1, url: 'https://storage.test/' }],
          output: 'https://storage.test/output',
        },
      },
      webhook: 'https://voice.test/api/hooks/runpod/t',
      policy: { executionTimeout: 600_000, ttl: 86_400_000 },
    });
  });

  it('requests fewer test samples above 9 MB, first sentences before second ones, and keeps every sample', () => {
    const { body, testSampleCount } = buildRunRequest(requestOf(500, 10, 2000));
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(9_000_000);
    expect(Buffer.byteLength(body)).toBeGreaterThan(8_990_000);
    const { samples, results } = parse(body).input;
    expect(samples).toHaveLength(500);
    expect(results.test_samples).toHaveLength(testSampleCount);
    const sentences = results.test_samples.map(({ sentence_index }) => sentence_index);
    expect(sentences).toEqual([...sentences].sort((one, other) => one - other));
    expect(new Set(results.test_samples.map(({ sample_index }) => sample_index)).size).toBe(500);
  });

  it('omits the execution timeout unless it is set', () => {
    const { body } = buildRunRequest({ ...requestOf(1, 1, 0), executionTimeoutMs: null });
    expect((JSON.parse(body) as { policy: unknown }).policy).toEqual({ ttl: 86_400_000 });
  });

  it('requests everything below 9 MB', () => {
    expect(buildRunRequest(requestOf(500, 5, 500)).testSampleCount).toBe(2500);
    expect(buildRunRequest(requestOf(3, 0, 0)).testSampleCount).toBe(0);
  });

  it('throws if the samples alone do not fit', () => {
    expect(() => buildRunRequest(requestOf(500, 1, 20_000))).toThrow('The voice has too many samples to embed');
  });
});
