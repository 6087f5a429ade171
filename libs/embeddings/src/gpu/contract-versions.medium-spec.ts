import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EmbedParams } from '#libs/database';
import type { EmbedJob } from '#libs/jobs';
import { SamplesService } from '#libs/samples';
import { embeddingZipKey, SIGNING_SECRETS, verifyObjectToken, type ObjectGrant } from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { convertedSample, required, type Domain } from '../../../../test/support/domain.js';
import { completed, EmbeddingLab, type RunBody } from '../../../../test/support/embedding-lab.js';
import { EmbeddingsService } from '../embeddings.service.js';

let lab: EmbeddingLab;
let domain: Domain;
let embeddings: EmbeddingsService;

beforeAll(async () => {
  lab = await EmbeddingLab.open();
  ({ domain } = lab);
  embeddings = domain.get(EmbeddingsService);
});
afterAll(() => lab.close());

const setParams = async (job: EmbedJob, params: EmbedParams): Promise<void> => {
  await domain.database.query('UPDATE jobs SET params = $2 WHERE id = $1', [job.id, JSON.stringify(params)]);
};

/** What a signed URL of the local storage allows. */
const grantOf = (url: unknown): ObjectGrant =>
  verifyObjectToken(String(url).split('/').at(-1) ?? '', 0, domain.get<readonly string[]>(SIGNING_SECRETS));

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  value as readonly Readonly<Record<string, unknown>>[];

describe('EmbeddingsService.request', () => {
  it('refuses a voice with more seconds of samples than can be embedded, and changes nothing', async () => {
    const voiceId = await domain.emptyVoice();
    for (let n = 0; n < 3; n++) await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
    const setSeconds = (seconds: number): Promise<unknown> =>
      domain.database.query('UPDATE samples SET duration_seconds = $2 WHERE voice_id = $1', [voiceId, seconds]);
    await setSeconds(3000);
    await expect(embeddings.request(voiceId, { ttsType: 'other' })).rejects.toMatchObject({
      code: 'too_much_to_embed',
      message: 'Voice has 9000 s of samples; at most 8000 s can be embedded',
      status: 409,
    });
    const unchanged = { embeddingStatus: 'idle', embeddingType: 'kyutai' };
    expect(await domain.get(VoicesService).details(voiceId)).toMatchObject(unchanged);
    expect(await domain.count('jobs WHERE voice_id = $1', [voiceId])).toBe(0);
    await setSeconds(2666);
    expect(await embeddings.request(voiceId, { ttsType: 'other' })).toMatchObject({ embeddingStatus: 'in_progress' });
  });
});

describe('SubmitStep', () => {
  const submit = async (
    settings: Parameters<EmbeddingLab['worker']>[0],
    params: EmbedParams,
  ): Promise<RunBody['input']> => {
    const job = await lab.requestedJob();
    await setParams(job, params);
    lab.answers.set('run', { status: 200, body: { id: `gpu-${job.id}`, status: 'IN_QUEUE' } });
    await lab.worker(settings).steps.deliver(job.id);
    lab.answers.delete('run');
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting' });
    return required(lab.submitted.at(-1)).input;
  };

  it('sends contract version 2, with the language and the sentences of the job', async () => {
    const input = await submit({}, { ttsType: 'kyutai', language: 'fr-CA', testSentences: ['Un.', 'Deux.'] });
    expect(input).toMatchObject({
      ...{ version: 2, action: 'embed', language: 'fr', test_sentences: ['Un.', 'Deux.'] },
      results: { test_samples: [{ sentence_index: 1 }, { sentence_index: 2 }] },
    });
    expect(input.results).not.toHaveProperty('embedding_zip');
  });

  it('limits the upload of each embedding by the length of its sample', async () => {
    const { samples } = await submit({}, { ttsType: 'kyutai' });
    const [sample] = listOf(samples); // of 12.3456 s
    expect(grantOf(sample?.['embedding_url'])).toMatchObject({
      ...{ method: 'PUT', contentType: 'application/octet-stream', maxBytes: 30_864_000 + 1024 ** 2 },
      key: expect.stringMatching(/\/inbox\/.*\/1\/embeddings\/1\.safetensors$/),
    });
  });

  it('sends English and the configured sentences for a job from before an upgrade', async () => {
    const input = await submit({ testSentences: ['One.', 'Two.'] }, { ttsType: 'kyutai' });
    expect(input).toMatchObject({ version: 2, language: 'en', test_sentences: ['One.', 'Two.'] });
  });

  it('sends contract version 1 if it is configured', async () => {
    const params = { ttsType: 'kyutai', language: 'fr', testSentences: ['Un.'] };
    const input = await submit({ runpodContract: '1' }, params);
    expect(input).toMatchObject({ version: 1, test_sentences: ['Un.'] });
    expect(input).not.toHaveProperty('language');
    expect(listOf(input.samples)[0]).not.toHaveProperty('embedding_url');
    expect(grantOf((input.results as { embedding_zip: string }).embedding_zip)).toMatchObject({
      ...{ method: 'PUT', contentType: 'application/zip', maxBytes: 256 * 1024 ** 2 },
    });
  });

  const failureOf = async (job: EmbedJob) => {
    const { error_code: code } = await domain.row('jobs', job.id);
    return { code, sentence: (await lab.details(job)).embeddingError, sent: lab.submitted.length };
  };

  it('fails a job with more seconds of samples than can be embedded, before anything is sent', async () => {
    const job = await lab.requestedJob();
    const sent = lab.submitted.length;
    await lab.worker({ maxEmbeddingBytes: 30_000_000 }).steps.deliver(job.id);
    const sentence = 'Voice has 13 s of samples; at most 12 s can be embedded';
    expect(await failureOf(job)).toEqual({ code: 'too_much_to_embed', sentence, sent });
  });

  it('has no such limit in contract version 1', async () => {
    await submit({ runpodContract: '1', maxEmbeddingBytes: 30_000_000 }, { ttsType: 'kyutai' });
  });
});

describe('CollectStep', () => {
  it('stores the language and the sentences that were submitted', async () => {
    const job = await lab.waitingJob('gpu-french');
    await setParams(job, { ttsType: 'kyutai', language: 'fr-CA', testSentences: ['Un.'] });
    lab.answers.set('gpu-french', completed(await lab.deliver(job)));
    await lab.worker({ testSentences: ['One.', 'Two.'] }).polls.deliver(job.id, 1);
    expect((await lab.details(job)).embedding).toMatchObject({ language: 'fr-CA', testSentences: ['Un.'] });
  });

  it.each(['1', '2'] as const)('collects an output of version 1, while version %s is requested', async (version) => {
    const job = await lab.waitingJob(`gpu-zip-${version}`);
    lab.answers.set(`gpu-zip-${version}`, completed(await lab.deliverZip(job)));
    await lab.worker({ runpodContract: version }).polls.deliver(job.id, 1);
    expect(await lab.details(job)).toMatchObject({
      embeddingStatus: 'completed',
      embedding: { engine: { name: 'test', model: null, revision: null } },
    });
    const archiveKey = embeddingZipKey({ voiceId: job.voiceId, jobId: job.id, generation: 2 });
    expect(await lab.storage.stat(archiveKey)).toEqual({ bytes: 'the zip'.length });
    expect(await embeddings.archiveOf(archiveKey)).toBeNull();
  });

  it('collects an output of version 2, while version 1 is requested', async () => {
    const job = await lab.waitingJob('gpu-upgraded');
    lab.answers.set('gpu-upgraded', completed(await lab.deliver(job)));
    await lab.worker({ runpodContract: '1' }).polls.deliver(job.id, 1);
    expect(await embeddings.sampleEmbedding(job.voiceId, 'kyutai', 1)).toMatchObject({ bytes: 13, score: 0.9 });
  });

  it('fails a job whose handler says that an embedding is larger than it may be', async () => {
    const job = await lab.waitingJob('gpu-large');
    const said = await lab.deliver(job);
    const large = { sample_index: 1, bytes: 16 * 1024 ** 2 + 1, sha256: 'ab'.repeat(32), seconds_used: 12 };
    lab.answers.set('gpu-large', completed({ ...said, embeddings: [large] }));
    await lab.worker({ embeddingBytesPerSecond: 1000 }).polls.deliver(job.id, 1);
    expect((await lab.details(job)).embeddingError).toBe(
      'The embedding service returned the embedding of sample 1, which is larger than 16 MiB',
    );
  });
});
