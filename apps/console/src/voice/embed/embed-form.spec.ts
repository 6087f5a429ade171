import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { embedFieldsOf, embedFormOf, ownSentences } from './embed-form.js';

const voice = { embedding_type: 'kyutai', language: 'fr' } as Schema<'VoiceDetails'>;
const form = embedFormOf(voice);

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
  const info = { language: 'fr', test_sentences: ['Bonjour.'] } as unknown as Schema<'EmbeddingInfo'>;

  it('starts with those of the last embedding in the same language', () => {
    expect(ownSentences(form, info)).toEqual(['Bonjour.']);
    expect(ownSentences({ ...form, language: 'de' }, info)).toEqual(['']);
    expect(ownSentences(form, null)).toEqual(['']);
  });

  it('keeps what was typed', () => {
    expect(ownSentences({ ...form, sentences: ['Salut.', ''] }, info)).toEqual(['Salut.', '']);
  });
});
