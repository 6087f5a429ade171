import { rowsOf, type Transaction } from '#libs/database';
import { canonicalLanguage } from '#libs/voices';
import { areTestSentences, type EmbedRequest } from './test-sentences.js';

/**
 * Returns what to ask for so that the next run can be compared with the current one: its language and test sentences. What
 * is not known of an old run is left to the defaults, and so is what a request could not ask for: an archive that was
 * imported may say anything.
 */
export async function requestOfCurrentRun(tx: Transaction, voiceId: string, ttsType: string): Promise<EmbedRequest> {
  const [run] = await rowsOf<{ readonly language: string | null; readonly testSentences: readonly string[] }>(
    tx,
    `SELECT r.language, r.test_sentences AS "testSentences"
     FROM embeddings e JOIN embedding_runs r ON r.archive_key = e.zip_key WHERE e.voice_id = $1 AND e.tts_type = $2`,
    [voiceId, ttsType],
  );
  if (run === undefined) return {};
  const { language } = run;
  const isLanguage = language !== null && canonicalLanguage(language) === language;
  const sentences = run.testSentences.map((sentence) => sentence.trim());
  return {
    language: isLanguage ? language : undefined,
    testSentences: areTestSentences(sentences) ? sentences : undefined,
  };
}
