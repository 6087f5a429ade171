import { describe, expect, it } from '@jest/globals';
import { buildRunRequest, testSamplesInOrder, type RunRequest } from './run-request.js';

const sha256 = 'a'.repeat(64);

function requestOf(samples: number, sentences: number, urlLength: number): RunRequest {
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
    embeddingZipUrl: `${url}zip`,
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
  it('writes the contract', () => {
    const { body, testSampleCount } = buildRunRequest(requestOf(1, 1, 0));
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

  it('asks for fewer test samples above 9 MB, first sentences before second ones, and keeps every sample', () => {
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

  it('asks for everything below', () => {
    expect(buildRunRequest(requestOf(500, 5, 500)).testSampleCount).toBe(2500);
    expect(buildRunRequest(requestOf(3, 0, 0)).testSampleCount).toBe(0);
  });

  it('refuses what does not fit even without test samples', () => {
    expect(() => buildRunRequest(requestOf(500, 1, 20_000))).toThrow('The voice has too many samples to embed');
  });
});
