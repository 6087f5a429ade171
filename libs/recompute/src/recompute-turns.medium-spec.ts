import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Domain, required } from '../../../test/support/domain.js';
import { embed, embeddedVoice } from '../../../test/support/embedded-voices.js';
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
});
