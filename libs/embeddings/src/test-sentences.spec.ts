import { describe, expect, it } from '@jest/globals';
import { languages } from '#libs/voices';
import { embedParams, languageOf, sentencesOf } from './test-sentences.js';

const french = { embeddingType: 'kyutai', language: 'fr-CA' };

describe('embedParams', () => {
  it("takes the voice's tts type and language, and the sentences of that language", () => {
    expect(embedParams(french, {}, undefined)).toEqual({
      ttsType: 'kyutai',
      language: 'fr-CA',
      testSentences: languages.fr.sentences,
    });
  });

  it('takes the sentences of the requested language', () => {
    expect(embedParams(french, { ttsType: 'other', language: 'nl' }, undefined)).toEqual({
      ttsType: 'other',
      language: 'nl',
      testSentences: languages.nl.sentences,
    });
  });

  it('prefers TEST_SENTENCES to those of the language, and requested ones to both', () => {
    expect(embedParams(french, {}, ['One.']).testSentences).toEqual(['One.']);
    expect(embedParams(french, { testSentences: ['Une.'] }, ['One.']).testSentences).toEqual(['Une.']);
  });
});

describe('sentencesOf', () => {
  it('returns those of the job, whatever the setting is now', () => {
    expect(sentencesOf({ params: { ttsType: 'kyutai', testSentences: ['Une.'] } }, ['One.', 'Two.'])).toEqual(['Une.']);
  });

  it('returns the setting, or the two former default sentences, for a job of version 0.1', () => {
    const former = { params: { ttsType: 'kyutai' } };
    expect(sentencesOf(former, ['One.'])).toEqual(['One.']);
    expect(sentencesOf(former, undefined)).toEqual([
      'The quick brown fox jumps over the lazy dog.',
      'Every voice tells a story, and this one is made to be heard.',
    ]);
  });
});

describe('languageOf', () => {
  it('returns that of the job, or English for a job of version 0.1', () => {
    expect(languageOf({ params: { ttsType: 'kyutai', language: 'fr-CA' } })).toBe('fr-CA');
    expect(languageOf({ params: { ttsType: 'kyutai' } })).toBe('en');
  });
});
