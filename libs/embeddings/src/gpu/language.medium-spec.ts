import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddingsService } from '#libs/embeddings';
import type { EmbedJob } from '#libs/jobs';
import { SplittingService } from '#libs/samples';
import { inboxTestSampleKey, uploadKey } from '#libs/storage';
import { languages, VoicesService } from '#libs/voices';
import { cutSamples, storedOriginal, type Domain } from '../../../../test/support/domain.js';
import {
  completed,
  EmbeddingLab,
  inbox,
  type LabWorker,
  type RunBody,
} from '../../../../test/support/embedding-lab.js';

const { fr, nl } = languages;

let lab: EmbeddingLab;
let domain: Domain;
let worker: LabWorker;

beforeAll(async () => {
  lab = await EmbeddingLab.open({ testSentences: '' });
  ({ domain } = lab);
  worker = lab.worker();
  lab.answers.set('run', { status: 200, body: { id: 'gpu', status: 'IN_QUEUE' } });
});
afterAll(() => lab.close());

/** Creates a voice whose first split has just been committed, so that its embedding is queued. */
async function splitVoice(language: string): Promise<string> {
  const id = randomUUID();
  const voice = { id, partnerId: await domain.partner(), name: 'v', creatorName: null, creatorEmail: null, language };
  const recording = { uploadKey: uploadKey(id, randomUUID()), bytes: 1, uploadedName: 'a.wav', durationSeconds: 15 };
  await domain.get(VoicesService).create(voice, recording);
  const split = await domain.claim(id, 'split');
  await domain.get(SplittingService).commit(split, { samples: cutSamples(split, 1), original: storedOriginal(split) });
  return id;
}

/** Submits the voice's queued embedding. */
async function submit(voiceId: string): Promise<RunBody['input']> {
  await worker.steps.deliver(await domain.jobId(voiceId, 'embed'));
  return lab.submitted.at(-1)?.input ?? {};
}

const paramsOf = async (voiceId: string): Promise<unknown> =>
  (await domain.row('jobs', await domain.jobId(voiceId, 'embed')))['params'];

describe('the language of a voice', () => {
  it('is that of the embedding after its first split, which speaks sentences of the language', async () => {
    const voiceId = await splitVoice('fr-CA');
    expect((await domain.get(VoicesService).details(voiceId)).language).toBe('fr-CA');
    expect(await paramsOf(voiceId)).toEqual({ ttsType: 'kyutai', language: 'fr-CA', testSentences: fr.sentences });
    expect(await submit(voiceId)).toMatchObject({ language: 'fr', test_sentences: fr.sentences });
  });

  it('gives way to the language and the sentences of a request', async () => {
    const voiceId = await splitVoice('fr');
    await endEmbedding(voiceId);
    const embeddings = domain.get(EmbeddingsService);
    await embeddings.request(voiceId, { language: 'nl' });
    expect(await paramsOf(voiceId)).toMatchObject({ language: 'nl', testSentences: nl.sentences });
    await endEmbedding(voiceId);
    await embeddings.request(voiceId, { testSentences: ['Une seule phrase suffit.'] });
    expect(await submit(voiceId)).toMatchObject({ test_sentences: ['Une seule phrase suffit.'] });
    expect((await domain.get(VoicesService).details(voiceId)).language).toBe('fr');
  });

  it('decides which test samples are collected, by the sentences that were submitted', async () => {
    const voiceId = await splitVoice('fr');
    const jobId = await domain.jobId(voiceId, 'embed');
    await submit(voiceId);
    const row = await domain.row('jobs', jobId);
    const job = { id: jobId, voiceId, generation: row['submitted_generation'] } as EmbedJob;
    const output = (await lab.deliver(job)) as { readonly test_samples: readonly [object] };
    await lab.put(inboxTestSampleKey(inbox(job), 1, 3), 'the test sample');
    const test_samples = [...output.test_samples, { ...output.test_samples[0], sentence_index: 3 }];
    lab.answers.set('gpu', completed({ ...output, test_samples }));
    await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [jobId]);
    await worker.polls.deliver(jobId, 1);
    const { embedding } = await domain.get(VoicesService).details(voiceId);
    expect(embedding?.testSamples.map(({ sentenceIndex }) => sentenceIndex)).toEqual([1, 3]);
  });
});

/** Ends the voice's active embedding, as an administrator does. */
async function endEmbedding(voiceId: string): Promise<void> {
  await domain.database.query(`UPDATE jobs SET state = 'failed', leased_until = NULL WHERE voice_id = $1`, [voiceId]);
  await domain.database.query(`UPDATE voices SET embedding_status = 'failed' WHERE id = $1`, [voiceId]);
}
