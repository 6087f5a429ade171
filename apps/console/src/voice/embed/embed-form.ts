import type { Schema } from '#libs/client';

/** What an embedding is made with. What nobody has chosen is as the voice has it, also after the voice was changed. */
export interface EmbedForm {
  readonly ttsType?: string;
  readonly language?: string;
  /** Whether sentences of one's own are spoken. */
  readonly hasOwnSentences: boolean;
  readonly sentences: readonly string[];
}

/** Limits of docs/api.md, `embed`. */
export const mostSentences = 5;
export const longestSentence = 300;

/** A form that makes the same embedding again: with the voice's type and language, and Timbre's sentences. */
export const emptyEmbedForm: EmbedForm = { hasOwnSentences: false, sentences: [''] };

/** Returns the fields of a request. What is as the voice has it is left out. */
export function embedFieldsOf(form: EmbedForm, voice: Schema<'VoiceDetails'>): Schema<'EmbedFields'> {
  const { ttsType = voice.embedding_type, language = voice.language } = form;
  return {
    ...(ttsType.trim() !== voice.embedding_type && { tts_type: ttsType.trim() }),
    ...(language !== voice.language && { language }),
    ...(form.hasOwnSentences && { test_sentences: form.sentences.map((sentence) => sentence.trim()) }),
  };
}

/** Returns the sentences of the last embedding as a start, if they are in the language of the form. */
export function ownSentences(form: EmbedForm, voice: Schema<'VoiceDetails'>): readonly string[] {
  if (form.sentences.some((sentence) => sentence.trim() !== '')) return form.sentences;
  const info = voice.embedding_info;
  const last = info?.language === (form.language ?? voice.language) ? info.test_sentences : [];
  return last.length === 0 ? [''] : last;
}
