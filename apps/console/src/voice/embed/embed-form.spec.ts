import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { embedFieldsOf, emptyEmbedForm as form, ownSentences } from './embed-form.js';

const voice = { embedding_type: 'kyutai', language: 'fr' } as Schema<'VoiceDetails'>;

describe('embedFieldsOf', () => {
  it('leaves out what is as the voice has it', () => {
    expect(embedFieldsOf(form, voice)).toEqual({});
  });

  it('has what differs, and trimmed sentences', () => {
    expect(
      embedFieldsOf(
        { ttsType: ' other ', language: 'de', hasOwnSentences: true, sentences: [' Guten Tag. ', 'Bis bald.'] },
        voice,
      ),
    ).toEqual({ tts_type: 'other', language: 'de', test_sentences: ['Guten Tag.', 'Bis bald.'] });
  });

  it('leaves out sentences that are not to be spoken', () => {
    expect(embedFieldsOf({ ...form, sentences: ['Bonjour.'] }, voice)).toEqual({});
  });
});

describe('ownSentences', () => {
  const embedded = {
    ...voice,
    embedding_info: { language: 'fr', test_sentences: ['Bonjour.'] },
  } as unknown as Schema<'VoiceDetails'>;

  it('starts with those of the last embedding in the same language', () => {
    expect(ownSentences(form, embedded)).toEqual(['Bonjour.']);
    expect(ownSentences({ ...form, language: 'de' }, embedded)).toEqual(['']);
    expect(ownSentences(form, { ...embedded, embedding_info: null })).toEqual(['']);
  });

  it('keeps what was typed', () => {
    expect(ownSentences({ ...form, sentences: ['Salut.', ''] }, embedded)).toEqual(['Salut.', '']);
  });
});
