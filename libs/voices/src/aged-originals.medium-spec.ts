import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddingResults, EmbeddingsService } from '#libs/embeddings';
import { SplittingService } from '#libs/samples';
import { collected, cutSamples, Domain, resplit, storedOriginal } from '../../../test/support/domain.js';
import { removeAgedOriginals } from './aged-originals.js';
import { measureVoiceFiles } from './file-sizes.js';
import { VoicesService } from './voices.service.js';

let domain: Domain;
beforeAll(async () => {
  domain = await Domain.open();
});
afterAll(() => domain.close());

/** Makes a voice that was split, and embedded some days ago. */
async function embeddedVoice(daysAgo: number, partnerId?: string): Promise<string> {
  const voiceId = await domain.uploadedVoice(partnerId);
  const split = await domain.claim(voiceId, 'split');
  const splitting = domain.get(SplittingService);
  await splitting.commit(split, { samples: cutSamples(split, 2) });
  await splitting.commit(split, { original: storedOriginal(split) });
  await embed(voiceId);
  await domain.database.query(
    `UPDATE embeddings SET last_update_time = now() - make_interval(days => $2) WHERE voice_id = $1`,
    [voiceId, daysAgo],
  );
  return voiceId;
}

async function embed(voiceId: string): Promise<void> {
  const job = await domain.claim(voiceId, 'embed');
  await domain.get(EmbeddingResults).commit(job, collected(job, [{ sampleIndex: 2, score: 0.9 }]));
}

const hasOriginal = async (voiceId: string): Promise<boolean> =>
  (await domain.row('voices', voiceId))['original_key'] !== null;
const remove = (keepDays: number | null): Promise<void> => removeAgedOriginals(domain.database, keepDays);

describe('removeAgedOriginals', () => {
  it('removes the original and its track, and keeps everything that was made of them', async () => {
    const voiceId = await embeddedVoice(31);
    const before = await domain.row('voices', voiceId);
    await remove(30);
    const details = await domain.get(VoicesService).details(voiceId);
    expect(details).toMatchObject({ originalRemovedAt: expect.any(Date), originalFilename: null });
    expect(details).toMatchObject({ embeddingStatus: 'completed', preferredSampleIndex: 2 });
    expect(details.samples).toHaveLength(2);
    const going = (await domain.removals()).map(({ target }) => target);
    expect(going).toEqual(expect.arrayContaining([before['original_key'], before['analysis_key']]));
    expect(await domain.count(`audit_log WHERE voice_id = $1 AND action = 'voice.remove-original'`, [voiceId])).toBe(1);
    const again = domain.get(SplittingService).request(voiceId, resplit);
    await expect(again).rejects.toMatchObject({ code: 'no_original' });
    await domain.get(EmbeddingsService).request(voiceId, {});
    await embed(voiceId);
  });

  it('removes none before its time, and none at all without a time', async () => {
    const [young, old] = [await embeddedVoice(29), await embeddedVoice(31)];
    await remove(null);
    expect(await hasOriginal(old)).toBe(true);
    await remove(30);
    expect([await hasOriginal(young), await hasOriginal(old)]).toEqual([true, false]);
  });

  it('prefers the time of the partner', async () => {
    const [hasty, patient] = [await domain.partner(), await domain.partner()];
    await domain.database.query('UPDATE partners SET keep_originals_days = 1 WHERE id = $1', [hasty]);
    await domain.database.query('UPDATE partners SET keep_originals_days = 365 WHERE id = $1', [patient]);
    const voices = [await embeddedVoice(2, hasty), await embeddedVoice(100, patient)] as const;
    await remove(30);
    expect([await hasOriginal(voices[0]), await hasOriginal(voices[1])]).toEqual([false, true]);
    await remove(null);
    expect(await hasOriginal(voices[1])).toBe(true);
  });

  it('keeps the original of a voice in processing, and of one whose last embedding failed', async () => {
    const [splitting, embedding, failed] = [await embeddedVoice(31), await embeddedVoice(31), await embeddedVoice(31)];
    await domain.get(SplittingService).request(splitting, resplit);
    await domain.get(EmbeddingsService).request(embedding, {});
    await domain.database.query(`UPDATE embeddings SET last_update_status = 'failed' WHERE voice_id = $1`, [failed]);
    await remove(30);
    for (const voiceId of [splitting, embedding, failed]) expect(await hasOriginal(voiceId)).toBe(true);
  });
});

describe('measureVoiceFiles', () => {
  it('measures what has no size, and counts 0 for a file that is missing', async () => {
    const voiceId = await embeddedVoice(0);
    await domain.database.query('UPDATE voices SET original_bytes = NULL, analysis_bytes = NULL WHERE id = $1', [
      voiceId,
    ]);
    const { original_key: original } = await domain.row('voices', voiceId);
    const storage = { stat: async (key: string) => (key === original ? { bytes: 1234 } : null) };
    await measureVoiceFiles(domain.database, storage);
    expect(await domain.row('voices', voiceId)).toMatchObject({ original_bytes: '1234', analysis_bytes: '0' });
  });
});
