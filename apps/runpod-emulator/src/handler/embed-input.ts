import { choiceAt, listAt, objectAt, ShapeError, textAt, urlAt, wholeAt, type JsonObject } from '../json-shape.js';

/** One sample to embed. */
export interface InputSample {
  readonly index: number;
  /** SHA-256 of the file in hex. */
  readonly sha256: string;
  /** Signed GET of the Ogg Opus file. */
  readonly url: string;
}

/** Where one test sample is to be put. */
export interface TestSampleTarget {
  readonly sampleIndex: number;
  readonly sentenceIndex: number;
  readonly url: string;
}

/** Input of the embed handler, version 1 (runpod-contract: "input"). */
export interface EmbedInput {
  readonly job: string;
  readonly ttsType: string;
  readonly samples: readonly InputSample[];
  readonly sentences: readonly string[];
  readonly zipUrl: string;
  readonly outputUrl: string;
  readonly testSamples: readonly TestSampleTarget[];
}

/** @throws ShapeError that names the first wrong field */
export function parseEmbedInput(value: JsonObject): EmbedInput {
  if (value['version'] !== 1) throw new ShapeError(`input.version must be 1, not ${JSON.stringify(value['version'])}`);
  choiceAt(value['action'], 'input.action', ['embed']);
  const samples = listAt(value['samples'], 'input.samples').map(parseSample);
  if (samples.length === 0) throw new ShapeError('input.samples must not be empty');
  if (new Set(samples.map(({ index }) => index)).size < samples.length) {
    throw new ShapeError('input.samples must not hold an index twice');
  }
  const sentences = listAt(value['test_sentences'], 'input.test_sentences');
  const results = objectAt(value['results'], 'input.results');
  const targets = listAt(results['test_samples'], 'input.results.test_samples');
  return {
    job: textAt(value['job'], 'input.job'),
    ttsType: textAt(value['tts_type'], 'input.tts_type'),
    samples,
    sentences: sentences.map((sentence, i) => textAt(sentence, `input.test_sentences[${i}]`)),
    zipUrl: urlAt(results['embedding_zip'], 'input.results.embedding_zip'),
    outputUrl: urlAt(results['output'], 'input.results.output'),
    testSamples: targets.map((target, i) => parseTarget(target, i, samples, sentences.length)),
  };
}

function parseSample(value: unknown, position: number): InputSample {
  const place = `input.samples[${position}]`;
  const sample = objectAt(value, place);
  const sha256 = textAt(sample['sha256'], `${place}.sha256`).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new ShapeError(`${place}.sha256 must be 64 hex digits`);
  return { index: wholeAt(sample['index'], `${place}.index`, 1), sha256, url: urlAt(sample['url'], `${place}.url`) };
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
