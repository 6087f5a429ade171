import { describe, expect, it } from '@jest/globals';
import { parseEmbedInput } from './embed-input.js';

const sample = { index: 1, duration: 5, sha256: 'AB'.repeat(32), url: 'https://s.test/1' };
const target = { sample_index: 1, sentence_index: 1, url: 'https://s.test/t' };
const input = {
  version: 1,
  action: 'embed',
  job: 'j',
  tts_type: 'kyutai',
  samples: [sample],
  test_sentences: ['Hello.'],
  results: { embedding_zip: 'https://s.test/zip', test_samples: [target], output: 'https://s.test/out' },
};

describe('parseEmbedInput', () => {
  it('reads version 1', () => {
    expect(parseEmbedInput(input)).toEqual({
      job: 'j',
      ttsType: 'kyutai',
      samples: [{ index: 1, sha256: 'ab'.repeat(32), url: 'https://s.test/1' }],
      sentences: ['Hello.'],
      zipUrl: 'https://s.test/zip',
      outputUrl: 'https://s.test/out',
      testSamples: [{ sampleIndex: 1, sentenceIndex: 1, url: 'https://s.test/t' }],
    });
  });

  it.each([
    ['another version', { version: 2 }, 'input.version'],
    ['another action', { action: 'train' }, 'input.action'],
    ['no samples', { samples: [] }, 'input.samples'],
    ['an index twice', { samples: [sample, sample] }, 'index twice'],
    ['a wrong hash', { samples: [{ ...sample, sha256: 'xyz' }] }, 'input.samples[0].sha256'],
    ['a local URL', { samples: [{ ...sample, url: 'file:///etc/passwd' }] }, 'input.samples[0].url'],
    ['an empty sentence', { test_sentences: [''] }, 'input.test_sentences[0]'],
    ['an unknown sentence', { test_sentences: [] }, 'sentence_index'],
    ['no place for the output', { results: { ...input.results, output: undefined } }, 'input.results.output'],
    [
      'a test sample of no sample',
      { results: { ...input.results, test_samples: [{ ...target, sample_index: 2 }] } },
      'unknown sample',
    ],
  ])('refuses %s and says where', (_, change, place) => {
    expect(() => parseEmbedInput({ ...input, ...change })).toThrow(place);
  });
});
