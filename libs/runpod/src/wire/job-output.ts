import type { JsonObject } from './json-reading.js';
import { readConsentScores, type ConsentScore } from './consent-scores.js';
import { readHead } from './output-head.js';
import {
  readDelivered,
  readEngine,
  readScores,
  readTestSamples,
  type DeliveredObject,
  type DeliveredTestSample,
  type OutputEngine,
  type SampleScore,
} from './output-parts.js';
import { right, wrong, type Reading } from './reading.js';
import type { TestSampleId } from './run-request.js';
import { readSampleEmbeddings, type SampleEmbeddings, type SentSample } from './sample-embeddings.js';

/** What an output of either version says. */
interface CommonOutput {
  readonly engine: OutputEngine;
  /** All or some of the requested test samples. */
  readonly testSamples: readonly DeliveredTestSample[];
  /** For all or some of the samples. */
  readonly sampleScores: readonly SampleScore[];
}

/** The checked result of an embedding job. Version 1: one ZIP of all embeddings. Version 2: one object for each sample. */
export type EmbeddingOutput = CommonOutput &
  (
    | { readonly version: 1; readonly embeddingZip: DeliveredObject }
    | ({ readonly version: 2; readonly consentScores: readonly ConsentScore[] } & SampleEmbeddings)
  );

/** The fields of a job's request that its output must match. */
export interface OutputExpectation {
  readonly jobId: string;
  readonly ttsType: string;
  readonly samples: readonly SentSample[];
  readonly testSamples: readonly TestSampleId[];
}

/**
 * Validates the output of an embedding job, from /status or from its result object (docs/gpu-contract.md, "Output").
 * Reads both versions, whichever was requested: a handler may be older than the API, or the job older than an upgrade.
 *
 * Scores and test samples may be missing for some or all samples: an engine may be unable to judge a sample, and the
 * embedding is complete without them. A value that was not requested, or a second value for the same sample, is an
 * error, because it may belong to another job. Unknown fields are ignored.
 *
 * @param raw any parsed value or JSON text
 * @returns the output, or one sentence for the client that says what was wrong
 */
export function parseOutput(raw: unknown, expectation: OutputExpectation): Reading<EmbeddingOutput> {
  const head = readHead(raw, expectation);
  if (!head.ok) return head;
  const { fields, version } = head.value;
  const engine = readEngine(fields.engine, version);
  if (!engine.ok) return engine;
  const embeddings = version === 1 ? readZip(fields) : readVersion2(fields, expectation.samples);
  if (!embeddings.ok) return embeddings;
  const testSamples = readTestSamples(fields.test_samples, expectation.testSamples);
  if (!testSamples.ok) return testSamples;
  const sampleScores = readScores(
    fields.sample_scores,
    expectation.samples.map(({ index }) => index),
  );
  if (!sampleScores.ok) return sampleScores;
  const common = { engine: engine.value, testSamples: testSamples.value, sampleScores: sampleScores.value };
  const output = { ...common, ...embeddings.value };
  return output.version === 2 ? withoutResultsOfFailed(output) : right(output);
}

function readZip(fields: JsonObject): Reading<{ readonly version: 1; readonly embeddingZip: DeliveredObject }> {
  const zip = readDelivered(fields.embedding_zip, 'the embedding zip');
  return zip.ok ? right({ version: 1, embeddingZip: zip.value }) : zip;
}

function readVersion2(
  fields: JsonObject,
  sent: readonly SentSample[],
): Reading<{ readonly version: 2; readonly consentScores: readonly ConsentScore[] } & SampleEmbeddings> {
  const embeddings = readSampleEmbeddings(fields, sent);
  if (!embeddings.ok) return embeddings;
  const consentScores = readConsentScores(fields.consent_scores);
  if (!consentScores.ok) return consentScores;
  return right({ version: 2, consentScores: consentScores.value, ...embeddings.value });
}

/** A sample that failed has no embedding, so nothing can be said or scored with it. */
function withoutResultsOfFailed(output: Extract<EmbeddingOutput, { readonly version: 2 }>): Reading<EmbeddingOutput> {
  const failed = new Set(output.failedSamples.map(({ sampleIndex }) => sampleIndex));
  const score = output.sampleScores.find(({ sampleIndex }) => failed.has(sampleIndex));
  if (score) return wrong(`a score for sample ${score.sampleIndex}, which failed`);
  const test = output.testSamples.find(({ sampleIndex }) => failed.has(sampleIndex));
  if (test) return wrong(`test sample ${test.sampleIndex}_${test.sentenceIndex} of a sample that failed`);
  return right(output);
}
