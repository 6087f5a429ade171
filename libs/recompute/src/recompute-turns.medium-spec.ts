import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rowsOf } from '#libs/database';
import { SamplesService } from '#libs/samples';
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

describe('RecomputeTurns.work', () => {
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
