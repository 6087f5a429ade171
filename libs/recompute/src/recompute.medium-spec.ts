import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddingsService } from '#libs/embeddings';
import { Metrics } from '#libs/metrics';
import { Processing } from '#libs/processing';
import { SamplesService } from '#libs/samples';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import { Domain, required } from '../../../test/support/domain.js';
import { embed, embeddedVoice, finishEmbedding } from '../../../test/support/embedded-voices.js';
import { RecomputeService, type RecomputeRequest } from './recompute.service.js';
import { RecomputeTurns } from './recompute-turns.js';
import type { Recompute } from './recomputes.repository.js';

/** RECOMPUTE_AT_A_TIME of the domain. */
const atATime = 2;

let domain: Domain;
let partnerId: string;
let partner: string;
let recomputes: RecomputeService;
beforeAll(async () => {
  domain = await Domain.open();
  recomputes = domain.get(RecomputeService);
});
afterAll(() => domain.close());
beforeEach(async () => {
  await domain.database.query('DELETE FROM partners');
  await domain.database.query('DELETE FROM recomputes');
  partnerId = await domain.partner();
  partner = required((await domain.database.query<{ name: string }>('SELECT name FROM partners'))[0]).name;
});

const start = async (asked: Partial<RecomputeRequest> = {}): Promise<string> => {
  const defaults = { ttsType: 'kyutai', engineOlderThan: null, partner: null, isDryRun: false };
  return required((await recomputes.start({ ...defaults, ...asked })).id);
};
const work = (): Promise<void> => domain.get(RecomputeTurns).work();
const countsOf = ({ waiting, running, done, failed, skipped }: Recompute): Record<string, number> =>
  Object.fromEntries(Object.entries({ waiting, running, done, failed, skipped }).filter(([, count]) => count > 0));
const counts = async (id: string): Promise<Record<string, number>> => countsOf(await recomputes.get(id));
const voices = (count: number, options = {}): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => embeddedVoice(domain, { partnerId, ...options })));
/** Voices whose job is at work. */
const atWork = async (): Promise<string[]> =>
  (
    await domain.database.query<{ id: string }>(
      `SELECT voice_id AS id FROM jobs WHERE kind = 'embed' AND is_background AND state IN ('queued', 'running', 'waiting')`,
    )
  ).map(({ id }) => id);
const finishAll = async (version = '2'): Promise<void> => {
  for (const voice of await atWork()) await finishEmbedding(domain, voice, { version });
};
const runsOf = (voiceId: string): Promise<{ version: string; language: string; testSentences: string[] }[]> =>
  domain.database.query(
    `SELECT engine->>'version' AS version, language, test_sentences AS "testSentences" FROM embedding_runs
     WHERE voice_id = $1 ORDER BY created_at`,
    [voiceId],
  );

describe('a recompute', () => {
  it('embeds every voice once, a few at a time, and reports its progress', async () => {
    const made = await voices(5);
    const id = await start();
    expect(await recomputes.get(id)).toMatchObject({ state: 'running', voices: 5, waiting: 5, voicesPerHour: null });
    await work();
    expect(await counts(id)).toEqual({ waiting: 3, running: 2 });
    await work();
    expect(await atWork()).toHaveLength(atATime);
    await finishAll();
    await work();
    expect(await counts(id)).toEqual({ waiting: 1, running: 2, done: 2 });
    const halfway = await recomputes.get(id);
    expect(halfway.voicesPerHour).toBeGreaterThan(0);
    const [{ now } = { now: new Date(0) }] = await domain.database.query<{ now: Date }>('SELECT now()');
    expect(halfway.finishesAt?.getTime()).toBeGreaterThan(now.getTime());
    await finishAll();
    await work();
    await finishAll();
    await work();
    expect(await recomputes.get(id)).toMatchObject({ state: 'completed', done: 5, finishesAt: null });
    expect((await recomputes.get(id)).finishedAt).not.toBeNull();
    for (const voice of made) expect((await runsOf(voice)).map(({ version }) => version)).toEqual(['1', '2']);
    expect(await domain.count('recompute_voices')).toBe(0);
    expect(await domain.count('jobs WHERE is_background')).toBe(5);
  });

  it('never has two workers start more than the limit, or one voice twice', async () => {
    await voices(6);
    const [one, other] = [await start(), await start()];
    await Promise.all(Array.from({ length: 5 }, work));
    expect(await domain.count('recompute_voices WHERE job_id IS NOT NULL')).toBe(atATime);
    for (let rounds = 0; rounds < 8; rounds++) {
      await finishAll();
      await Promise.all(Array.from({ length: 3 }, work));
      expect((await atWork()).length).toBeLessThanOrEqual(atATime);
    }
    expect(await counts(one)).toEqual({ done: 6 });
    expect(await counts(other)).toEqual({ skipped: 6 }); // their runs are new by now
    expect(await domain.count('jobs WHERE is_background')).toBe(6);
    expect((await recomputes.list()).map(({ id, state }) => [id, state])).toEqual([
      [other, 'completed'],
      [one, 'completed'],
    ]);
  });

  it('skips voices that are deleted or embedded meanwhile, without samples, or over a quota', async () => {
    const [deleted, embedded, empty, poor] = (await voices(4)) as [string, string, string, string];
    const id = await start();
    await domain.get(VoicesService).remove(deleted);
    await embed(domain, embedded);
    await domain.get(SamplesService).remove(empty, 1);
    await domain.database.query('UPDATE partners SET max_gpu_seconds_per_month = 0');
    await work();
    expect(await recomputes.get(id)).toMatchObject({ state: 'completed', skipped: 4 });
    expect(await runsOf(poor)).toHaveLength(1);
    expect(await domain.count('jobs WHERE is_background')).toBe(0);
  });

  it('counts a failed job, and one whose voice was deleted with it', async () => {
    await voices(2);
    const id = await start();
    await work();
    const [failing, leaving] = (await atWork()) as [string, string];
    const why = { code: 'gpu_failed', sentence: 'The embedding failed' } as const;
    await domain.get(Processing).failActive({ voiceId: failing, kind: 'embed' }, why);
    await domain.get(VoicesService).remove(leaving, { force: true });
    await work();
    expect(await recomputes.get(id)).toMatchObject({ state: 'completed', failed: 1, skipped: 1 });
    const metrics = await domain.get(Metrics).text();
    expect(metrics).toMatch(/^timbre_recomputed_voices_total\{outcome="failed",.*\} [1-9]/m);
  });

  it('starts nothing while a job that somebody has asked for is due for the same endpoint', async () => {
    await voices(1);
    const [busy, other] = (await voices(2)) as [string, string];
    const id = await start({ ttsType: 'kyutai' });
    await domain.get(EmbeddingsService).request(other, { ttsType: 'other' });
    await domain.get(EmbeddingsService).request(busy, {});
    await work();
    expect(await counts(id)).toEqual({ waiting: 3 });
    await finishEmbedding(domain, busy);
    await domain.database.query(
      `INSERT INTO jobs (voice_id, partner_id, kind, stage, params)
       VALUES ($1, $2, 'speak', 'submit', '{"ttsType": "kyutai"}')`,
      [busy, partnerId],
    );
    await work();
    expect(await counts(id)).toEqual({ waiting: 3 });
    await domain.database.query(`UPDATE jobs SET run_after = now() + interval '1 hour' WHERE kind = 'speak'`);
    await work(); // one of the two that were asked for is locked, the other one has a new run
    expect(await counts(id)).toEqual({ waiting: 1, running: 1, skipped: 1 });
  });

  it('is cancelled: what is at work is finished, nothing else is started', async () => {
    await voices(4);
    const id = await start();
    await work();
    expect(await recomputes.cancel(id)).toMatchObject({ state: 'cancelled', running: 2, skipped: 2, finishedAt: null });
    await recomputes.cancel(id);
    await work();
    expect(await atWork()).toHaveLength(2);
    await finishAll();
    await work();
    const ended = await recomputes.cancel(id);
    expect(ended).toMatchObject({ state: 'cancelled', done: 2, skipped: 2 });
    expect(ended.finishedAt).not.toBeNull();
    const entries = await domain.database.query(
      `SELECT action, details->>'skipped' AS skipped FROM audit_log WHERE details->>'recompute' = $1 AND voice_id IS NULL
       ORDER BY id`,
      [id],
    );
    expect(entries).toEqual([
      { action: 'recompute.start', skipped: null },
      { action: 'recompute.cancel', skipped: '2' },
    ]);
    expect(await domain.count(`audit_log WHERE details->>'recompute' = $1 AND voice_id IS NOT NULL`, [id])).toBe(2);
  });

  it('embeds as the current run was made, and leaves the TTS type of the voice', async () => {
    const said = { language: 'fr', testSentences: ['Une.', 'Deux.'] };
    const [voice] = (await voices(1, said)) as [string];
    await embed(domain, voice, { ttsType: 'other' });
    const shown = (): Promise<VoiceDetails> => domain.get(VoicesService).details(voice);
    const { embedding, preferredSampleIndex, warnings } = await shown();
    await start();
    await work();
    expect(await shown()).toMatchObject({ embeddingType: 'other', embeddingStatus: 'in_progress' });
    const { params } = await domain.row('jobs', await domain.jobId(voice, 'embed'));
    expect(params).toEqual({ ttsType: 'kyutai', ...said, shownBefore: { status: 'completed', error: null } });
    await finishEmbedding(domain, voice, { version: '2', ...said });
    const after = { embeddingType: 'other', embeddingStatus: 'completed', embedding, preferredSampleIndex, warnings };
    expect(await shown()).toMatchObject(after);
    await embed(domain, voice, { ttsType: 'other' });
    await start();
    await work();
    const why = { code: 'gpu_failed', sentence: 'The embedding failed' } as const;
    await domain.get(Processing).failActive({ voiceId: voice, kind: 'embed' }, why);
    const statuses = await domain.database.query(
      'SELECT tts_type, last_update_status AS status FROM embeddings WHERE voice_id = $1 ORDER BY tts_type',
      [voice],
    );
    expect(statuses).toEqual([
      { tts_type: 'kyutai', status: 'failed' },
      { tts_type: 'other', status: 'success' },
    ]);
  });

  it('is deleted with its partner', async () => {
    await voices(1);
    const id = await start({ partner });
    await domain.database.query('DELETE FROM partners');
    await expect(recomputes.get(id)).rejects.toMatchObject({ code: 'recompute_not_found' });
    await work();
  });
});

describe('RecomputeService.start', () => {
  const count = async (asked: Partial<RecomputeRequest>): Promise<number> => {
    const request = { ttsType: 'kyutai', engineOlderThan: null, partner: null, isDryRun: true, ...asked };
    const counted = await recomputes.start(request);
    expect(counted.id).toBeNull();
    return counted.voices;
  };

  it('chooses by engine, partner and TTS type; a dry run only counts', async () => {
    for (const version of ['1.9', '1.10', null]) await voices(1, { version });
    await embeddedVoice(domain, { version: '1.9', ttsType: 'other' });
    expect(await count({})).toBe(3);
    expect(await count({ engineOlderThan: '1.10' })).toBe(2); // one of them of an unknown engine
    expect(await count({ engineOlderThan: '1.9' })).toBe(1);
    expect(await count({ engineOlderThan: '2' })).toBe(3);
    expect(await count({ ttsType: 'other' })).toBe(1);
    expect(await count({ ttsType: 'other', partner })).toBe(0);
    expect(await domain.count('recomputes')).toBe(0);
    const id = await start({ engineOlderThan: '1.10', partner });
    expect(await recomputes.get(id)).toMatchObject({ voices: 2, engineOlderThan: '1.10', partner, ttsType: 'kyutai' });
  });

  it('has nothing to do without voices', async () => {
    await domain.emptyVoice(partnerId);
    const id = await start();
    await work();
    expect(await recomputes.get(id)).toMatchObject({ state: 'completed', voices: 0, voicesPerHour: null });
  });

  it('refuses a TTS type without endpoint, and a partner that does not exist', async () => {
    await expect(start({ ttsType: 'nothing' })).rejects.toMatchObject({ code: 'invalid_parameter' });
    await expect(start({ partner: 'nobody' })).rejects.toMatchObject({ code: 'partner_not_found' });
    await expect(recomputes.get(randomUUID())).rejects.toMatchObject({ code: 'recompute_not_found' });
    await expect(recomputes.cancel(randomUUID())).rejects.toMatchObject({ code: 'recompute_not_found' });
  });
});
