import { describe, expect, it } from '@jest/globals';
import { parseHandlerInput } from './handler-input.js';

const sample = { index: 1, duration: 5, sha256: 'AB'.repeat(32), url: 'https://s.test/1' };
const target = { sample_index: 1, sentence_index: 1, url: 'https://s.test/t' };
const version1 = {
  version: 1,
  action: 'embed',
  job: 'j',
  tts_type: 'kyutai',
  samples: [sample],
  test_sentences: ['Hello.'],
  results: { embedding_zip: 'https://s.test/zip', test_samples: [target], output: 'https://s.test/out' },
};
const head = {
  version: 2,
  job: 'j',
  generation: 1,
  tts_type: 'kyutai',
  language: 'fr',
  voice: { partner: 'p', name: 'v' },
};
const sample2 = { ...sample, embedding_url: 'https://s.test/e' };
const version2 = {
  ...head,
  action: 'embed',
  samples: [sample2],
  test_sentences: ['Bonjour.'],
  results: { test_samples: [target], output: 'https://s.test/out' },
};
const speak = {
  ...head,
  action: 'speak',
  embedding: { url: 'https://s.test/e', sha256: 'AB'.repeat(32), bytes: 7 },
  text: 'é'.repeat(500),
  seed: 0,
  results: { speech: 'https://s.test/s', output: 'https://s.test/out' },
};

/** Changes that make `embed` of either version wrong, and the words of the failure. */
const wrongEmbeds = (input: typeof version1 | typeof version2): [string, object, string][] => [
  ['another action', { action: 'train' }, 'input.action'],
  ['no samples', { samples: [] }, 'input.samples'],
  ['an index twice', { samples: [sample2, sample2] }, 'index twice'],
  ['a wrong hash', { samples: [{ ...sample2, sha256: 'xyz' }] }, 'input.samples[0].sha256'],
  ['a local URL', { samples: [{ ...sample2, url: 'file:///etc/passwd' }] }, 'input.samples[0].url'],
  ['an empty sentence', { test_sentences: [''] }, 'input.test_sentences[0]'],
  ['an unknown sentence', { test_sentences: [] }, 'sentence_index'],
  ['no place for the output', { results: { ...input.results, output: undefined } }, 'input.results.output'],
  [
    'a test sample of no sample',
    { results: { ...input.results, test_samples: [{ ...target, sample_index: 2 }] } },
    'unknown sample',
  ],
];

const wrongHeads: [string, object, string][] = [
  ['no job', { job: '' }, 'input.job'],
  ['no generation', { generation: 0 }, 'input.generation'],
  ['no voice', { voice: {} }, 'input.voice.partner'],
  ['an unknown language', { language: 'eo' }, 'input.language must be one of en, fr, de, es, it, pt, nl'],
];

describe('parseHandlerInput', () => {
  it('parses embed, version 1', () => {
    expect(parseHandlerInput(version1)).toEqual({
      version: 1,
      action: 'embed',
      job: 'j',
      ttsType: 'kyutai',
      language: 'en',
      samples: [{ index: 1, sha256: 'ab'.repeat(32), url: 'https://s.test/1' }],
      sentences: ['Hello.'],
      zipUrl: 'https://s.test/zip',
      outputUrl: 'https://s.test/out',
      testSamples: [{ sampleIndex: 1, sentenceIndex: 1, url: 'https://s.test/t' }],
    });
  });

  it('parses embed, version 2', () => {
    expect(parseHandlerInput(version2)).toEqual({
      version: 2,
      action: 'embed',
      job: 'j',
      ttsType: 'kyutai',
      language: 'fr',
      samples: [
        {
          ...{ index: 1, sha256: 'ab'.repeat(32), url: 'https://s.test/1' },
          ...{ duration: 5, embeddingUrl: 'https://s.test/e' },
        },
      ],
      consents: [],
      sentences: ['Bonjour.'],
      outputUrl: 'https://s.test/out',
      testSamples: [{ sampleIndex: 1, sentenceIndex: 1, url: 'https://s.test/t' }],
    });
  });

  it('parses recorded consents, and names the first that is wrong', () => {
    const consent = { id: 'c', duration: 2, sha256: 'AB'.repeat(32), url: 'https://s.test/c' };
    expect(parseHandlerInput({ ...version2, consents: [consent] })).toMatchObject({
      consents: [{ id: 'c', sha256: 'ab'.repeat(32), url: 'https://s.test/c' }],
    });
    const wrong = { ...version2, consents: [consent, { ...consent, url: 'file:///c' }] };
    expect(() => parseHandlerInput(wrong)).toThrow('input.consents[1].url');
  });

  it('parses speak', () => {
    expect(parseHandlerInput(speak)).toEqual({
      version: 2,
      action: 'speak',
      job: 'j',
      ttsType: 'kyutai',
      language: 'fr',
      text: 'é'.repeat(500),
      seed: 0,
      embedding: { url: 'https://s.test/e', sha256: 'ab'.repeat(32), bytes: 7 },
      speechUrl: 'https://s.test/s',
      outputUrl: 'https://s.test/out',
    });
  });

  it.each([
    ...wrongEmbeds(version1),
    ['another version', { version: 3 }, 'input.version must be 1 or 2, not 3'],
    ['speak', { action: 'speak' }, 'input.action must be one of embed'],
    ['no zip', { results: { ...version1.results, embedding_zip: '' } }, 'input.results.embedding_zip'],
  ] as [string, object, string][])('rejects %s in version 1 and names the field', (_, change, place) => {
    expect(() => parseHandlerInput({ ...version1, ...change })).toThrow(place);
  });

  it.each([
    ...wrongEmbeds(version2),
    ...wrongHeads,
    ['a sample without a place for its embedding', { samples: [sample] }, 'input.samples[0].embedding_url'],
    ['a sample without a duration', { samples: [{ ...sample2, duration: 0 }] }, 'input.samples[0].duration'],
  ] as [string, object, string][])('rejects %s in version 2 and names the field', (_, change, place) => {
    expect(() => parseHandlerInput({ ...version2, ...change })).toThrow(place);
  });

  it.each([
    ...wrongHeads,
    ['no text', { text: '' }, 'input.text'],
    ['501 characters', { text: 'é'.repeat(501) }, 'input.text must have at most 500 characters'],
    ['a negative seed', { seed: -1 }, 'input.seed'],
    ['no embedding', { embedding: null }, 'input.embedding'],
    ['an embedding without a size', { embedding: { ...speak.embedding, bytes: 0 } }, 'input.embedding.bytes'],
    ['no place for the speech', { results: { output: 'https://s.test/out' } }, 'input.results.speech'],
  ] as [string, object, string][])('rejects %s in speak and names the field', (_, change, place) => {
    expect(() => parseHandlerInput({ ...speak, ...change })).toThrow(place);
  });
});
