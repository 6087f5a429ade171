import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpeechEntity } from '#libs/database';
import { EmbeddingResults, removeExpiredSpeeches, SpeechesService, type SpeechInfo } from '#libs/embeddings';
import { Dispatcher, findJob, type SpeakJob } from '#libs/jobs';
import { Processing } from '#libs/processing';
import { StoredObjectsRepository } from '#libs/retention';
import { inboxSpeechKey, sampleEmbeddingKey, speechKey } from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { collected, ofKind, required, type Domain } from '../../../../test/support/domain.js';
import { requestEmbedding } from '../../../../test/support/embed-jobs.js';
import { SpeechesRepository } from './speeches.repository.js';
import { completed, described, EmbeddingLab, inbox, type LabWorker } from '../../../../test/support/embedding-lab.js';

let lab: EmbeddingLab;
let domain: Domain;
let worker: LabWorker;
let speeches: SpeechesService;

beforeAll(async () => {
  lab = await EmbeddingLab.open();
  ({ domain } = lab);
  worker = lab.worker();
  speeches = domain.get(SpeechesService);
});
afterAll(() => lab.close());

const madeOf = 'cd'.repeat(32); // the SHA-256 of `convertedSample`

/** Creates a voice whose one sample, with index 1, has an embedding. @returns its id and the embedding's key */
async function embeddedVoice(): Promise<{ readonly voiceId: string; readonly objectKey: string }> {
  const voiceId = await requestEmbedding(domain);
  const job = await domain.claim(voiceId, 'embed');
  const objectKey = sampleEmbeddingKey(inbox(job), 1);
  await lab.put(objectKey, 'the embedding');
  const embedding = { sampleIndex: 1, sampleSha256: madeOf, score: 0.9, secondsUsed: 12, crc32: 1, objectKey };
  const sampleEmbeddings = [{ ...embedding, ...described('the embedding') }];
  await domain.get(EmbeddingResults).commit(job, { ...collected(job, []), language: 'fr-CA', sampleEmbeddings });
  return { voiceId, objectKey };
}

const speakJob = async (speech: SpeechInfo): Promise<SpeakJob> =>
  ofKind('speak', await findJob(domain.database, speech.id));

const accepted = (id: string) => ({ status: 200, body: { id, status: 'IN_QUEUE' } });

/** Requests a speech and submits it as the GPU job `id`. */
async function submitted(voiceId: string, id: string): Promise<SpeechInfo> {
  const speech = await speeches.request(voiceId, { text: 'Bonjour à tous.', seed: 4_294_967_295 });
  lab.answers.set('run', accepted(id));
  await worker.steps.deliver(speech.id);
  await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [speech.id]);
  return speech;
}

/** Puts audio into the inbox as a handler does. @returns what it then says */
async function deliver(speech: SpeechInfo): Promise<unknown> {
  const job = await speakJob(speech);
  await lab.put(inboxSpeechKey(inbox(job)), 'the audio');
  return {
    version: 2,
    job: job.id,
    tts_type: 'kyutai',
    engine: { name: 'test', version: '1', model: 'm', revision: '1', scorer: 'none' },
    speech: { duration: 1.5, ...described('the audio') },
  };
}

async function spoken(voiceId: string, id: string): Promise<SpeechInfo> {
  const speech = await submitted(voiceId, id);
  lab.answers.set(id, completed(await deliver(speech)));
  await worker.polls.deliver(speech.id, 1);
  return speeches.find(voiceId, speech.id);
}

describe('a speech', () => {
  it('is submitted with the embedding, and collected into an object that nobody else can write', async () => {
    const { voiceId } = await embeddedVoice();
    const before = await domain.get(VoicesService).details(voiceId);
    const speech = await submitted(voiceId, 'gpu-speech');
    expect(speech).toMatchObject({
      status: 'in_progress',
      text: 'Bonjour à tous.',
      sampleIndex: 1,
      language: 'fr-CA',
      seed: 4_294_967_295,
      expiresAt: null,
    });
    expect(lab.submitted.at(-1)?.input).toMatchObject({
      version: 2,
      action: 'speak',
      job: speech.id,
      language: 'fr',
      embedding: described('the embedding'),
      text: 'Bonjour à tous.',
      seed: 4_294_967_295,
    });
    lab.answers.set('gpu-speech', completed(await deliver(speech)));
    await worker.polls.deliver(speech.id, 1);
    const { objectKey, finishedAt, expiresAt, ...found } = await speeches.find(voiceId, speech.id);
    expect(found).toMatchObject({ status: 'completed', durationSeconds: 1.5, error: null, ...described('the audio') });
    expect(objectKey).toBe(speechKey({ ...inbox(await speakJob(speech)), generation: 2 }));
    expect(await lab.storage.stat(required(objectKey))).not.toBeNull();
    expect((required(expiresAt).getTime() - required(finishedAt).getTime()) / 3_600_000).toBeCloseTo(24, 3);
    expect((await domain.removals()).map(({ target }) => target)).toContain(`voices/${voiceId}/inbox/${speech.id}/1/`);
    const after = await domain.get(VoicesService).details(voiceId);
    expect({ ...after, embeddingZipUrl: '' }).toEqual({ ...before, embeddingZipUrl: '' });
  });

  it('fails alone, with a sentence, and leaves its voice as it is', async () => {
    const { voiceId } = await embeddedVoice();
    const speech = await submitted(voiceId, 'gpu-dumb');
    lab.answers.set('gpu-dumb', { status: 200, body: { status: 'FAILED', error: 'out of memory' } });
    await worker.polls.deliver(speech.id, 1);
    expect(await speeches.find(voiceId, speech.id)).toMatchObject({
      status: 'failed',
      error: 'The text could not be spoken: out of memory',
    });
    const details = await domain.get(VoicesService).details(voiceId);
    expect(details).toMatchObject({ embeddingStatus: 'completed', embeddingError: null, splittingStatus: 'idle' });
  });

  it.each([
    ['no output', 'gpu-mute', undefined, 'a result that is no JSON object'],
    ['an output without the speech', 'gpu-without', { speech: null }, 'a result without the speech'],
    ['a wrong duration', 'gpu-endless', { speech: { duration: 0, ...described('the audio') } }, 'a wrong duration'],
    ['the output of version 1', 'gpu-old', { version: 1 }, 'a result of another version than 2'],
    ['an output for another job', 'gpu-other', { job: 'other' }, 'the result of another job'],
  ])('fails with %s', async (_what, id, change, sentence) => {
    const { voiceId } = await embeddedVoice();
    const speech = await submitted(voiceId, id);
    const output = await deliver(speech);
    lab.answers.set(id, completed(change === undefined ? null : { ...(output as object), ...change }));
    await worker.polls.deliver(speech.id, 1);
    const { status, error } = await speeches.find(voiceId, speech.id);
    expect([status, error]).toEqual(['failed', expect.stringContaining(sentence)]);
  });

  it('fails if other audio was delivered than the output says', async () => {
    const { voiceId } = await embeddedVoice();
    const speech = await submitted(voiceId, 'gpu-swapped');
    lab.answers.set('gpu-swapped', completed(await deliver(speech)));
    await lab.put(inboxSpeechKey(inbox(await speakJob(speech))), 'THE AUDIO');
    await worker.polls.deliver(speech.id, 1);
    for (let look = 2; look <= 5; look += 1) {
      await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [speech.id]);
      await worker.steps.deliver(speech.id);
    }
    expect((await speeches.find(voiceId, speech.id)).error).toContain('delivered other bytes of the speech');
  });

  it.each(['submit', 'collect'] as const)('completes although a worker died in the stage %s', async (stage) => {
    const { voiceId } = await embeddedVoice();
    const speech = await speeches.request(voiceId, { text: 'Bonjour.' });
    lab.answers.set('run', accepted(`gpu-${stage}`));
    if (stage === 'collect') await worker.steps.deliver(speech.id);
    const claimed = `UPDATE jobs SET state = 'running', generation = generation + 1, leased_until = now() - interval '1 s'
      WHERE id = $1`;
    await domain.database.query(claimed, [speech.id]);
    if (stage === 'submit') await worker.steps.deliver(speech.id);
    const { submitted_generation: generation } = await domain.row('jobs', speech.id);
    const job = { ...(await speakJob(speech)), generation: Number(generation) };
    const output = await deliver(speech);
    await lab.put(inboxSpeechKey(inbox(job)), 'the audio');
    lab.answers.set(`gpu-${stage}`, completed(output));
    await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [speech.id]);
    if (stage === 'submit') await worker.polls.deliver(speech.id, 1);
    else await worker.steps.deliver(speech.id);
    expect(await speeches.find(voiceId, speech.id)).toMatchObject({ status: 'completed' });
  });

  it('fails after too many deaths', async () => {
    const { voiceId } = await embeddedVoice();
    const speech = await speeches.request(voiceId, { text: 'Bonjour.' });
    await domain.database.query('UPDATE jobs SET deaths = 8 WHERE id = $1', [speech.id]);
    await worker.steps.deliver(speech.id);
    expect((await speeches.find(voiceId, speech.id)).error).toBe('Processing stopped unexpectedly several times');
  });

  it('is one of several that a voice may have at a time', async () => {
    const { voiceId } = await embeddedVoice();
    const [first, second] = [await submitted(voiceId, 'gpu-first'), await submitted(voiceId, 'gpu-second')];
    await domain.get(Processing).cancel(second.id);
    expect(await speeches.find(voiceId, second.id)).toMatchObject({ status: 'failed', error: 'Cancelled' });
    expect(await domain.count(`gpu_cancellations WHERE runpod_job_id = 'gpu-second'`)).toBe(1);
    expect(await speeches.find(voiceId, first.id)).toMatchObject({ status: 'in_progress' });
  });

  it('ends with its voice, also on the GPU', async () => {
    const { voiceId } = await embeddedVoice();
    const speech = await submitted(voiceId, 'gpu-deleted');
    await domain.get(VoicesService).remove(voiceId);
    expect(await domain.count(`gpu_cancellations WHERE runpod_job_id = 'gpu-deleted'`)).toBe(1);
    await expect(speeches.find(voiceId, speech.id)).rejects.toMatchObject({ code: 'speech_not_found' });
  });

  it('is gone 24 hours after its end, and its audio with it', async () => {
    const { voiceId } = await embeddedVoice();
    const old = await spoken(voiceId, 'gpu-old-speech');
    const young = await spoken(voiceId, 'gpu-young-speech');
    const needed = await new StoredObjectsRepository(domain.database).needed(voiceId);
    expect(needed.keys.has(required(old.objectKey))).toBe(true);
    await domain.database.query(`UPDATE speeches SET expires_at = now() WHERE id = $1`, [old.id]);
    await expect(speeches.find(voiceId, old.id)).rejects.toMatchObject({ code: 'speech_not_found' });
    await domain.database.transaction(removeExpiredSpeeches);
    const left = await domain.database.run((manager) => manager.findBy(SpeechEntity, { voiceId }));
    expect(left.map(({ id }) => id)).toEqual([young.id]);
    expect((await domain.removals()).map(({ target }) => target)).toContain(old.objectKey);
  });

  it('fails if its embedding was replaced and removed before it was submitted', async () => {
    const { voiceId, objectKey } = await embeddedVoice();
    const speech = await speeches.request(voiceId, { text: 'Bonjour.' });
    await lab.storage.delete([objectKey]);
    await worker.steps.deliver(speech.id);
    expect((await speeches.find(voiceId, speech.id)).error).toBe(
      'The embedding was replaced before the text was spoken',
    );
  });
});

describe('SpeechesService.request', () => {
  it('may be made while the voice is being processed, and for a random seed', async () => {
    const { voiceId } = await embeddedVoice();
    await domain.database.query(`UPDATE voices SET embedding_status = 'in_progress' WHERE id = $1`, [voiceId]);
    const two = [await speeches.request(voiceId, { text: 'A.' }), await speeches.request(voiceId, { text: 'A.' })];
    expect(two[0]?.seed).not.toBe(two[1]?.seed);
  });

  it.each([
    ['a voice that has no embedding', 'no_embedding', undefined],
    ['a sample that does not exist', 'sample_not_found', 7],
  ])('refuses %s', async (_what, code, sampleIndex) => {
    const voiceId = await requestEmbedding(domain);
    await expect(speeches.request(voiceId, { text: 'Bonjour.', sampleIndex })).rejects.toMatchObject({ code });
  });

  it('refuses a sample that was added after the embedding', async () => {
    const { voiceId } = await embeddedVoice();
    await domain.database.query(`UPDATE samples SET sha256 = 'other' WHERE voice_id = $1`, [voiceId]);
    const asked = { text: 'Bonjour.', sampleIndex: 1 };
    await expect(speeches.request(voiceId, asked)).rejects.toMatchObject({ code: 'embedding_not_found' });
  });

  it.each([
    [
      'while the GPU side uses version 1 of its contract',
      { runpodContract: '1' as const },
      /^The GPU side uses version 1/,
    ],
    ['without an endpoint for the tts type', { runpodEndpoints: new Map() }, /^There is no embedding service/],
  ])('refuses to speak %s', async (_what, settings, message) => {
    const { voiceId } = await embeddedVoice();
    const defaults = {
      requireConsent: 'false',
      runpodContract: '2',
      runpodEndpoints: new Map([['kyutai', 'e1']]),
    } as const;
    const config = { ...defaults, ...settings };
    const { database } = domain;
    const service = new SpeechesService(database, new SpeechesRepository(database), domain.get(Dispatcher), config);
    const refused = service.request(voiceId, { text: 'Bonjour.' });
    await expect(refused).rejects.toMatchObject({ code: 'cannot_speak', message: expect.stringMatching(message) });
  });

  it('refuses an embedding of version 1 of the GPU contract', async () => {
    const voiceId = await requestEmbedding(domain);
    const job = await domain.claim(voiceId, 'embed');
    await domain.get(EmbeddingResults).commit(job, collected(job, []));
    await expect(speeches.request(voiceId, { text: 'Bonjour.' })).rejects.toMatchObject({
      code: 'cannot_speak',
      message: 'The embedding was made with version 1 of the GPU contract; embed the voice again to speak with it',
    });
  });
});
