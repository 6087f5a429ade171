import { objectAt, ShapeError, textAt, urlAt, wholeAt, type JsonObject } from '../json-shape.js';
import { parseInputHead, sha256At, type InputHead } from './input-head.js';

const maxTextLength = 500;
const maxSeed = 2 ** 32 - 1;

/** Input of `speak` (docs/gpu-contract.md, "`speak`"). */
export interface SpeakInput extends InputHead {
  readonly action: 'speak';
  readonly text: string;
  readonly seed: number;
  readonly embedding: { readonly url: string; readonly sha256: string; readonly bytes: number };
  readonly speechUrl: string;
  readonly outputUrl: string;
}

/** @throws ShapeError that names the first wrong field */
export function parseSpeakInput(value: JsonObject): SpeakInput {
  const embedding = objectAt(value['embedding'], 'input.embedding');
  const results = objectAt(value['results'], 'input.results');
  const text = textAt(value['text'], 'input.text');
  if ([...text].length > maxTextLength) {
    throw new ShapeError(`input.text must have at most ${maxTextLength} characters`);
  }
  return {
    ...parseInputHead(value),
    action: 'speak',
    text,
    seed: wholeAt(value['seed'], 'input.seed', 0, maxSeed),
    embedding: {
      url: urlAt(embedding['url'], 'input.embedding.url'),
      sha256: sha256At(embedding['sha256'], 'input.embedding.sha256'),
      bytes: wholeAt(embedding['bytes'], 'input.embedding.bytes', 1),
    },
    speechUrl: urlAt(results['speech'], 'input.results.speech'),
    outputUrl: urlAt(results['output'], 'input.results.output'),
  };
}
