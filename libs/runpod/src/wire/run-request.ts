import { AppError } from '#libs/errors';
import { wireTerms, type RunTerms } from './run-terms.js';

/** One sample, as sent to the GPU side. */
export interface RequestSample {
  readonly index: number;
  readonly durationSeconds: number;
  readonly sha256: string;
  /** Signed GET of the audio. */
  readonly url: string;
}

/** Identifies a test sample: this sentence in the voice of this sample, both counted from 1. */
export interface TestSampleId {
  readonly sampleIndex: number;
  readonly sentenceIndex: number;
}

export interface RequestTestSample extends TestSampleId {
  /** Signed PUT into the inbox of the generation. */
  readonly url: string;
}

/** A recorded consent, which the handler compares with the samples. Version 1 has none. */
export interface RequestConsent {
  readonly id: string;
  readonly durationSeconds: number;
  readonly sha256: string;
  /** Signed GET of the audio. */
  readonly url: string;
}

/** Where the embeddings go, by version of the GPU contract. */
export type EmbeddingTargets =
  | {
      readonly version: 1;
      /** Signed PUT of one ZIP. */
      readonly zipUrl: string;
    }
  | {
      readonly version: 2;
      /** BCP 47, a primary subtag such as `fr`. */
      readonly language: string;
      /** Signed PUT for each sample, in their order. */
      readonly urls: readonly string[];
      readonly consents: readonly RequestConsent[];
    };

/** All data of an embedding job. */
export interface RunRequest extends RunTerms {
  readonly jobId: string;
  readonly generation: number;
  readonly ttsType: string;
  readonly voice: { readonly partner: string; readonly name: string };
  readonly samples: readonly RequestSample[];
  readonly testSentences: readonly string[];
  /** In the order of {@link testSamplesInOrder}. */
  readonly testSamples: readonly RequestTestSample[];
  readonly embeddings: EmbeddingTargets;
  readonly outputUrl: string;
}

/** A body for POST /run, and how many test samples it requests: the first ones, usually all. */
export interface BuiltRunRequest {
  readonly body: string;
  readonly testSampleCount: number;
}

// RunPod accepts 10 MB (docs.runpod.io, "/run: payload up to 10 MB"). A tenth is kept in reserve.
const maxBodyBytes = 9_000_000;

/**
 * Returns the test samples of a voice in the order of requests: the first sentence of every sample, then the second, so
 * that a request without room for all still includes every sample.
 */
export function testSamplesInOrder(sampleIndexes: readonly number[], sentenceCount: number): readonly TestSampleId[] {
  const sentences = Array.from({ length: sentenceCount }, (_, position) => position + 1);
  return sentences.flatMap((sentenceIndex) => sampleIndexes.map((sampleIndex) => ({ sampleIndex, sentenceIndex })));
}

/**
 * Builds the body of POST /run, input version 1 or 2 (docs/gpu-contract.md).
 *
 * A body over 9 MB requests fewer test samples. Samples are never dropped.
 *
 * @throws AppError `gpu_refused` if it is too large even without test samples
 */
export function buildRunRequest(request: RunRequest): BuiltRunRequest {
  const testSamples = request.testSamples.map(({ sampleIndex, sentenceIndex, url }) => ({
    sample_index: sampleIndex,
    sentence_index: sentenceIndex,
    url,
  }));
  let bytes = Buffer.byteLength(JSON.stringify(wireRequest(request, [])));
  if (bytes > maxBodyBytes) throw AppError.saying('gpu_refused', 'The voice has too many samples to embed');
  let kept = 0;
  for (const testSample of testSamples) {
    bytes += Buffer.byteLength(JSON.stringify(testSample)) + ','.length;
    if (bytes > maxBodyBytes) break;
    kept += 1;
  }
  return { body: JSON.stringify(wireRequest(request, testSamples.slice(0, kept))), testSampleCount: kept };
}

function wireRequest(request: RunRequest, testSamples: readonly object[]): object {
  const { jobId, generation, ttsType, voice, testSentences, embeddings } = request;
  const results = { test_samples: testSamples, output: request.outputUrl };
  return {
    input: {
      version: embeddings.version,
      action: 'embed',
      job: jobId,
      generation,
      tts_type: ttsType,
      ...(embeddings.version === 2 && { language: embeddings.language }),
      voice: { partner: voice.partner, name: voice.name },
      samples: wireSamples(request),
      ...(embeddings.version === 2 && wireConsents(embeddings.consents)),
      test_sentences: testSentences,
      results: embeddings.version === 1 ? { embedding_zip: embeddings.zipUrl, ...results } : results,
    },
    ...wireTerms(request),
  };
}

function wireSamples({ samples, embeddings }: RunRequest): readonly object[] {
  return samples.map(({ index, durationSeconds, sha256, url }, at) => ({
    index,
    duration: durationSeconds,
    sha256,
    url,
    ...(embeddings.version === 2 && { embedding_url: embeddings.urls[at] }),
  }));
}

/** Absent if there are none, as for a handler that does not know them. */
function wireConsents(consents: readonly RequestConsent[]): object {
  if (consents.length === 0) return {};
  return {
    consents: consents.map(({ id, durationSeconds, sha256, url }) => ({ id, duration: durationSeconds, sha256, url })),
  };
}
