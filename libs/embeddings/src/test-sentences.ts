import type { EmbedParams, VoiceEntity } from '#libs/database';
import type { EmbedJob } from '#libs/jobs';
import { defaultLanguage, languageCodeOf, languages } from '#libs/voices';

/** What a request may say about an embedding. */
export interface EmbedRequest {
  /** Default: the voice's own. */
  readonly ttsType?: string | undefined;
  /** Canonical, and supported. Default: the voice's own. */
  readonly language?: string | undefined;
  /** Default: TEST_SENTENCES, or else those of the language. */
  readonly testSentences?: readonly string[] | undefined;
}

/** How many test sentences a request may have, and how many Unicode code points each of them. */
export const testSentenceBounds = { maxCount: 5, maxLength: 300 } as const;

const unprintable = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

/** Whether a request may have these test sentences, which are trimmed. */
export function areTestSentences(sentences: readonly unknown[]): sentences is readonly string[] {
  const { maxCount, maxLength } = testSentenceBounds;
  const isSentence = (one: unknown): boolean =>
    typeof one === 'string' && one !== '' && [...one].length <= maxLength && !unprintable.test(one);
  return sentences.length >= 1 && sentences.length <= maxCount && sentences.every(isSentence);
}

/**
 * Returns the parameters of an embedding, with its sentences, so that submission and collection agree on them even if the
 * setting changes meanwhile.
 *
 * @param configured TEST_SENTENCES
 */
export function embedParams(
  voice: Pick<VoiceEntity, 'embeddingType' | 'language'>,
  { ttsType = voice.embeddingType, language = voice.language, testSentences }: EmbedRequest,
  configured: readonly string[] | undefined,
): EmbedParams {
  return {
    ttsType,
    language,
    testSentences: testSentences ?? configured ?? languages[languageCodeOf(language)].sentences,
  };
}

/** The default of TEST_SENTENCES in version 0.1, whose jobs do not store their sentences. */
const sentencesOfVersion01 = [
  'The quick brown fox jumps over the lazy dog.',
  'Every voice tells a story, and this one is made to be heard.',
] as const;

/** Returns the sentences of a job, also of one that version 0.1 has queued. @param configured TEST_SENTENCES */
export function sentencesOf(
  { params }: Pick<EmbedJob, 'params'>,
  configured: readonly string[] | undefined,
): readonly string[] {
  return params.testSentences ?? configured ?? sentencesOfVersion01;
}

/** Returns the language of a job (BCP 47), English for one that version 0.1 has queued. */
export function languageOf({ params }: Pick<EmbedJob, 'params'>): string {
  return params.language ?? defaultLanguage;
}
