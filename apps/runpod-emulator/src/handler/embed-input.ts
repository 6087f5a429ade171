import { listAt, objectAt, ShapeError, textAt, urlAt, wholeAt, type JsonObject } from '../json-shape.js';
import type { Language } from '../engine/speech/language.js';
import { parseInputHead, sha256At, type InputHead } from './input-head.js';

/** One sample to embed. */
export interface InputSample {
  readonly index: number;
  /** SHA-256 of the file in hex. */
  readonly sha256: string;
  /** Signed GET of the Ogg Opus file. */
  readonly url: string;
}

export interface InputSample2 extends InputSample {
  /** In seconds. */
  readonly duration: number;
  /** Signed PUT of the embedding. */
  readonly embeddingUrl: string;
}

/** A recorded consent to compare with the samples. */
export interface InputConsent {
  readonly id: string;
  /** SHA-256 of the file in hex. */
  readonly sha256: string;
  /** Signed GET of the Ogg Opus file. */
  readonly url: string;
}

/** Where to upload one test sample. */
export interface TestSampleTarget {
  readonly sampleIndex: number;
  readonly sentenceIndex: number;
  readonly url: string;
}

/** The fields of `embed` that both versions have. */
export interface EmbedInput {
  readonly action: 'embed';
  readonly job: string;
  readonly ttsType: string;
  /** English in version 1, which names no language. */
  readonly language: Language;
  readonly samples: readonly InputSample[];
  readonly sentences: readonly string[];
  readonly testSamples: readonly TestSampleTarget[];
  readonly outputUrl: string;
}

/** Input of `embed`, version 1 (docs/gpu-contract.md, "Version 1"). */
export interface EmbedInput1 extends EmbedInput {
  readonly version: 1;
  readonly zipUrl: string;
}

/** Input of `embed`, version 2 (docs/gpu-contract.md, "Input of `embed`"). */
export interface EmbedInput2 extends EmbedInput, InputHead {
  readonly samples: readonly InputSample2[];
  readonly consents: readonly InputConsent[];
}

/** @throws ShapeError that names the first wrong field */
export function parseEmbedInput1(value: JsonObject): EmbedInput1 {
  const samples = parseSamples(value, parseSample);
  const results = objectAt(value['results'], 'input.results');
  return {
    version: 1,
    action: 'embed',
    job: textAt(value['job'], 'input.job'),
    ttsType: textAt(value['tts_type'], 'input.tts_type'),
    language: 'en',
    samples,
    ...parseTests(value, results, samples),
    zipUrl: urlAt(results['embedding_zip'], 'input.results.embedding_zip'),
    outputUrl: urlAt(results['output'], 'input.results.output'),
  };
}

/** @throws ShapeError that names the first wrong field */
export function parseEmbedInput2(value: JsonObject): EmbedInput2 {
  const samples = parseSamples(value, parseSample2);
  const results = objectAt(value['results'], 'input.results');
  return {
    ...parseInputHead(value),
    action: 'embed',
    samples,
    consents: listAt(value['consents'] ?? [], 'input.consents').map(parseConsent),
    ...parseTests(value, results, samples),
    outputUrl: urlAt(results['output'], 'input.results.output'),
  };
}

function parseSamples<S extends InputSample>(
  value: JsonObject,
  parse: (value: unknown, place: string) => S,
): readonly S[] {
  const samples = listAt(value['samples'], 'input.samples').map((sample, i) => parse(sample, `input.samples[${i}]`));
  if (samples.length === 0) throw new ShapeError('input.samples must not be empty');
  if (new Set(samples.map(({ index }) => index)).size < samples.length) {
    throw new ShapeError('input.samples must not hold an index twice');
  }
  return samples;
}

function parseSample(value: unknown, place: string): InputSample {
  const sample = objectAt(value, place);
  return {
    index: wholeAt(sample['index'], `${place}.index`, 1),
    sha256: sha256At(sample['sha256'], `${place}.sha256`),
    url: urlAt(sample['url'], `${place}.url`),
  };
}

function parseSample2(value: unknown, place: string): InputSample2 {
  const { duration, embedding_url: embeddingUrl } = objectAt(value, place);
  if (typeof duration !== 'number' || !(duration > 0))
    throw new ShapeError(`${place}.duration must be a number over 0`);
  return { ...parseSample(value, place), duration, embeddingUrl: urlAt(embeddingUrl, `${place}.embedding_url`) };
}

function parseConsent(value: unknown, position: number): InputConsent {
  const place = `input.consents[${position}]`;
  const consent = objectAt(value, place);
  return {
    id: textAt(consent['id'], `${place}.id`),
    sha256: sha256At(consent['sha256'], `${place}.sha256`),
    url: urlAt(consent['url'], `${place}.url`),
  };
}

function parseTests(
  value: JsonObject,
  results: JsonObject,
  samples: readonly InputSample[],
): Pick<EmbedInput, 'sentences' | 'testSamples'> {
  const sentences = listAt(value['test_sentences'], 'input.test_sentences');
  const targets = listAt(results['test_samples'], 'input.results.test_samples');
  return {
    sentences: sentences.map((sentence, i) => textAt(sentence, `input.test_sentences[${i}]`)),
    testSamples: targets.map((target, i) => parseTarget(target, i, samples, sentences.length)),
  };
}

function parseTarget(
  value: unknown,
  position: number,
  samples: readonly InputSample[],
  sentences: number,
): TestSampleTarget {
  const place = `input.results.test_samples[${position}]`;
  const target = objectAt(value, place);
  const sampleIndex = wholeAt(target['sample_index'], `${place}.sample_index`, 1);
  if (!samples.some(({ index }) => index === sampleIndex)) throw new ShapeError(`${place} names an unknown sample`);
  const sentenceIndex = wholeAt(target['sentence_index'], `${place}.sentence_index`, 1, sentences);
  return { sampleIndex, sentenceIndex, url: urlAt(target['url'], `${place}.url`) };
}
