import type { StoredEngine } from '#libs/database';
import { EmbeddingResults, EmbeddingsService } from '#libs/embeddings';
import type { EmbedJob } from '#libs/jobs';
import { SamplesService } from '#libs/samples';
import { collected, convertedSample, type Domain } from './domain.js';

/** An engine of this version. */
export const engineOf = (version: string): StoredEngine => ({
  ...{ name: 'acoustic-baseline', version, model: null, revision: null },
  scorer: 'bhattacharyya',
});

/** What is not the default of an embedded voice. */
export interface EmbeddedWith {
  readonly partnerId?: string;
  readonly ttsType?: string;
  /** null: it is not known. */
  readonly version?: string | null;
  readonly language?: string;
  readonly testSentences?: readonly string[];
}

/** Completes the queued embedding of a voice, as a worker does. @returns its job */
export async function finishEmbedding(
  domain: Domain,
  voiceId: string,
  { version = '1', language = 'en', testSentences = ['One.'] }: EmbeddedWith = {},
): Promise<EmbedJob> {
  const job = await domain.claim(voiceId, 'embed');
  const engine = version === null ? null : engineOf(version);
  const made = collected(job, [{ sampleIndex: 1, score: 0.9 }]);
  await domain.get(EmbeddingResults).commit(job, { ...made, engine, language, testSentences: [...testSentences] });
  return job;
}

/** Embeds a voice. */
export async function embed(domain: Domain, voiceId: string, options: EmbeddedWith = {}): Promise<void> {
  const { ttsType, language, testSentences } = options;
  await domain.get(EmbeddingsService).request(voiceId, { ttsType, language, testSentences });
  await finishEmbedding(domain, voiceId, options);
}

/** The id of a new voice with one sample, embedded. */
export async function embeddedVoice(domain: Domain, options: EmbeddedWith = {}): Promise<string> {
  const voiceId = await domain.emptyVoice(options.partnerId);
  await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  await embed(domain, voiceId, options);
  return voiceId;
}
