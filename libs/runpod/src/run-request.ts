import { AppError } from '#libs/errors';

/** One sample as the GPU side gets it. */
export interface RequestSample {
  readonly index: number;
  readonly durationSeconds: number;
  readonly sha256: string;
  /** Signed GET of the audio. */
  readonly url: string;
}

/** Where one test sample goes: this sample's voice speaking this sentence, both counted from 1. */
export interface TestSampleId {
  readonly sampleIndex: number;
  readonly sentenceIndex: number;
}

export interface RequestTestSample extends TestSampleId {
  /** Signed PUT into the inbox of the generation. */
  readonly url: string;
}

/** Everything an embedding job is told. */
export interface RunRequest {
  readonly jobId: string;
  readonly generation: number;
  readonly ttsType: string;
  readonly voice: { readonly partner: string; readonly name: string };
  readonly samples: readonly RequestSample[];
  readonly testSentences: readonly string[];
  /** In the order of {@link testSamplesInOrder}. */
  readonly testSamples: readonly RequestTestSample[];
  readonly embeddingZipUrl: string;
  readonly outputUrl: string;
  readonly webhookUrl: string;
  readonly executionTimeoutMs: number;
  readonly ttlMs: number;
}

/** A body for POST /run, and how many of the test samples it asks for: a prefix, all of them unless they are very many. */
export interface BuiltRunRequest {
  readonly body: string;
  readonly testSampleCount: number;
}

// RunPod takes 10 MB (docs.runpod.io, "/run: payload up to 10 MB"); a tenth stays free.
const longestBodyBytes = 9_000_000;

/**
 * The test samples of a voice in the order they are asked for: every sample's first sentence, then every sample's
 * second, so that a request that cannot ask for all still lets every sample be heard.
 */
export function testSamplesInOrder(sampleIndexes: readonly number[], sentenceCount: number): readonly TestSampleId[] {
  const sentences = Array.from({ length: sentenceCount }, (_, position) => position + 1);
  return sentences.flatMap((sentenceIndex) => sampleIndexes.map((sampleIndex) => ({ sampleIndex, sentenceIndex })));
}

/**
 * Builds the body of POST /run, input version 1 (runpod-contract.md).
 *
 * Over 9 MB it asks for fewer test samples; samples are never dropped.
 *
 * @throws AppError `gpu_refused` when it is too large even without any test sample
 */
export function buildRunRequest(request: RunRequest): BuiltRunRequest {
  const testSamples = request.testSamples.map(({ sampleIndex, sentenceIndex, url }) => ({
    sample_index: sampleIndex,
    sentence_index: sentenceIndex,
    url,
  }));
  let bytes = Buffer.byteLength(JSON.stringify(wireRequest(request, [])));
  if (bytes > longestBodyBytes) throw AppError.saying('gpu_refused', 'The voice has too many samples to embed');
  let kept = 0;
  for (const testSample of testSamples) {
    bytes += Buffer.byteLength(JSON.stringify(testSample)) + ','.length;
    if (bytes > longestBodyBytes) break;
    kept += 1;
  }
  return { body: JSON.stringify(wireRequest(request, testSamples.slice(0, kept))), testSampleCount: kept };
}

function wireRequest(request: RunRequest, testSamples: readonly object[]): object {
  const { jobId, generation, ttsType, voice, samples, testSentences } = request;
  return {
    input: {
      version: 1,
      action: 'embed',
      job: jobId,
      generation,
      tts_type: ttsType,
      voice: { partner: voice.partner, name: voice.name },
      samples: samples.map(({ index, durationSeconds, sha256, url }) => ({
        index,
        duration: durationSeconds,
        sha256,
        url,
      })),
      test_sentences: testSentences,
      results: { embedding_zip: request.embeddingZipUrl, test_samples: testSamples, output: request.outputUrl },
    },
    webhook: request.webhookUrl,
    policy: { executionTimeout: request.executionTimeoutMs, ttl: request.ttlMs },
  };
}
