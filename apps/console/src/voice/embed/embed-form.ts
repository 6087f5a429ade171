import type { Schema } from '#libs/client';

/** What an embedding is made with. */
export interface EmbedForm {
  readonly ttsType: string;
  readonly language: string;
  /** Whether sentences of one's own are spoken. */
  readonly hasOwnSentences: boolean;
  readonly sentences: readonly string[];
}

/** Limits of docs/api.md, `embed`. */
export const mostSentences = 5;
export const longestSentence = 300;

/** Returns a form that makes the same embedding again: with the voice's type and language, and Timbre's sentences. */
export const embedFormOf = ({ embedding_type, language }: Schema<'VoiceDetails'>): EmbedForm => ({
  ttsType: embedding_type,
  language,
  hasOwnSentences: false,
  sentences: [''],
});

/** Returns the fields of a request. What is as the voice has it is left out. */
export function embedFieldsOf(form: EmbedForm, voice: Schema<'VoiceDetails'>): Schema<'EmbedFields'> {
  return {
    ...(form.ttsType.trim() !== voice.embedding_type && { tts_type: form.ttsType.trim() }),
    ...(form.language !== voice.language && { language: form.language }),
    ...(form.hasOwnSentences && { test_sentences: form.sentences.map((sentence) => sentence.trim()) }),
  };
}

/** Returns the sentences of the last embedding as a start, if they are in the language of the form. */
export function ownSentences(form: EmbedForm, info: Schema<'EmbeddingInfo'> | null): readonly string[] {
  if (form.sentences.some((sentence) => sentence.trim() !== '')) return form.sentences;
  const last = info?.language === form.language ? info.test_sentences : [];
  return last.length === 0 ? [''] : last;
}
