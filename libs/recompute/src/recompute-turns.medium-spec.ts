import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rowsOf } from '#libs/database';
import { EmbeddingsService } from '#libs/embeddings';
import type { JobFailure } from '#libs/jobs';
import { Processing } from '#libs/processing';
import { SamplesService } from '#libs/samples';
import { VoicesService } from '#libs/voices';
import { Domain, required } from '../../../test/support/domain.js';
import { embed, embeddedVoice, finishEmbedding } from '../../../test/support/embedded-voices.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { RecomputeService } from './recompute.service.js';
import { RecomputeTurns } from './recompute-turns.js';

let domain: Domain;
let partnerId: string;
beforeAll(async () => {
  domain = await Domain.open();
});
afterAll(() => domain.close());
beforeEach(async () => {
  await domain.database.query('DELETE FROM partners');
  await domain.database.query('DELETE FROM recomputes');
  partnerId = await domain.partner();
});

const start = async (): Promise<string> => {
  const everything = { ttsType: 'kyutai', engineOlderThan: null, partner: null, isDryRun: false };
  return required((await domain.get(RecomputeService).start(everything)).id);
};
const work = (): Promise<void> => domain.get(RecomputeTurns).work();
const recompute = (id: string): Promise<object> => domain.get(RecomputeService).get(id);
const failEmbedding = (voiceId: string, why: JobFailure): Promise<boolean> =>
  domain.get(Processing).failActive({ voiceId, kind: 'embed' }, why);
const lost = { code: 'gpu_failed', sentence: 'The embedding failed' } as const;

describe('RecomputeTurns.work', () => {
  it('skips a voice whose turn fails with a defect, and goes on with the next voices', async () => {
    const [broken] = [await embeddedVoice(domain, { partnerId }), await embeddedVoice(domain, { partnerId })];
    // A job without the status of its voice: another one breaks the unique index.
    await domain.database.query(
      `INSERT INTO jobs (voice_id, partner_id, kind, stage, params)
       VALUES ($1, $2, 'embed', 'submit', '{"ttsType": "other"}')`,
      [broken, partnerId],
    );
    const id = await start();
    await work();
    expect(await recompute(id)).toMatchObject({ waiting: 0, running: 1, skipped: 1 });
    expect(await domain.count('jobs WHERE is_background AND voice_id <> $1', [broken])).toBe(1);
  });

  it('leaves a voice its turn while Postgres is in trouble', async () => {
    await embeddedVoice(domain, { partnerId });
    const id = await start();
    await domain.database.query(
      `CREATE FUNCTION refuse_jobs() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN RAISE EXCEPTION 'no connection is left' USING ERRCODE = '53300'; END $$`,
    );
    await domain.database.query(
      'CREATE TRIGGER refuse_jobs BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION refuse_jobs()',
    );
    await expect(work()).rejects.toMatchObject({ code: 'unavailable' });
    await domain.database.query('DROP FUNCTION refuse_jobs CASCADE');
    expect(await recompute(id)).toMatchObject({ waiting: 1, skipped: 0 });
    await work();
    expect(await recompute(id)).toMatchObject({ running: 1, skipped: 0 });
  });

  it('puts a voice that is locked at the end of its list', async () => {
    const locked = await embeddedVoice(domain, { partnerId });
    await embeddedVoice(domain, { partnerId });
    const id = await start();
    await domain.get(EmbeddingsService).request(locked, { ttsType: 'other' });
    await work();
    expect(await recompute(id)).toMatchObject({ waiting: 1, running: 1, skipped: 0 });
    await finishEmbedding(domain, locked);
    await work();
    expect(await recompute(id)).toMatchObject({ waiting: 1, running: 1 });
    await domain.database.query(`UPDATE recompute_voices SET turn_after = turn_after - interval '1 minute'`);
    await work();
    expect(await recompute(id)).toMatchObject({ waiting: 0, running: 2, skipped: 0 });
  });

  it.each([
    ['a language that is not supported', 'xx', '["Une."]', { language: 'en', testSentences: ['Une.'] }],
    ['a language that is not canonical', 'FR', '["Une."]', { language: 'en', testSentences: ['Une.'] }],
    ['no sentence', 'fr', '[]', { language: 'fr', testSentences: ['One.'] }],
    ['six sentences', 'fr', '["1", "2", "3", "4", "5", "6"]', { language: 'fr', testSentences: ['One.'] }],
    ['a long sentence', 'fr', `["${'a'.repeat(301)}"]`, { language: 'fr', testSentences: ['One.'] }],
  ])('takes the default in place of %s of the current run', async (_what, language, sentences, params) => {
    const voiceId = await embeddedVoice(domain, { partnerId });
    await domain.database.query('UPDATE embedding_runs SET language = $1, test_sentences = $2::jsonb', [
      language,
      sentences,
    ]);
    await start();
    await work();
    expect((await domain.row('jobs', await domain.jobId(voiceId, 'embed')))['params']).toMatchObject(params);
  });

  it.each([
    ['succeeds', (voiceId: string) => finishEmbedding(domain, voiceId)],
    ['fails', (voiceId: string) => failEmbedding(voiceId, lost)],
    ['is cancelled', (voiceId: string) => domain.get(Processing).cancelVoice(voiceId)],
  ])('leaves the status of a voice with another TTS type if its embedding %s', async (_how, end) => {
    const shown = async (voiceId: string): Promise<readonly unknown[]> => {
      const { embeddingStatus, embeddingError } = await domain.get(VoicesService).details(voiceId);
      return [embeddingStatus, embeddingError];
    };
    const voiceId = await embeddedVoice(domain, { partnerId });
    await domain.get(EmbeddingsService).request(voiceId, { ttsType: 'other' });
    await failEmbedding(voiceId, { ...lost, sentence: 'Its own failure' });
    const again = async (): Promise<void> => {
      await start();
      await work();
      expect(await shown(voiceId)).toEqual(['in_progress', null]);
      await end(voiceId);
      await work();
    };
    await again();
    expect(await shown(voiceId)).toEqual(['failed', 'Its own failure']);
    await embed(domain, voiceId, { ttsType: 'other' });
    await again();
    expect(await shown(voiceId)).toEqual(['completed', null]);
    // As after a split of all samples.
    await domain.database.query(`UPDATE voices SET embedding_status = 'idle' WHERE id = $1`, [voiceId]);
    await again();
    expect(await shown(voiceId)).toEqual(['idle', null]);
  });

  it.each(['counts an embedding that has ended', 'skips a voice'])(
    'does not deadlock with the erasure of the partner when it %s',
    async (what) => {
      const voiceId = await embeddedVoice(domain, { partnerId });
      const id = await start();
      if (what === 'skips a voice') await domain.get(SamplesService).remove(voiceId, 1);
      else {
        await work();
        await finishEmbedding(domain, voiceId);
      }
      let isEnded = false;
      let working = Promise.resolve();
      await domain.database.transaction(async (tx) => {
        await rowsOf(tx, 'SELECT 1 FROM recomputes WHERE id = $1 FOR UPDATE', [id]);
        working = work().finally(() => (isEnded = true));
        const waiting = `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        await waitFor('the work has ended or waits', async () => isEnded || (await domain.count(waiting)) > 0);
        await rowsOf(tx, 'DELETE FROM recomputes WHERE id = $1', [id]);
      });
      await working;
      expect(await domain.count('recompute_voices')).toBe(0);
    },
  );
});
