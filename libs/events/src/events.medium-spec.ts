import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddingResults, EmbeddingsService } from '#libs/embeddings';
import { Processing } from '#libs/processing';
import { SamplesService, SplittingService } from '#libs/samples';
import { changeVoice, VoicesService } from '#libs/voices';
import {
  collected,
  convertedSample,
  cutSamples,
  Domain,
  required,
  resplit,
  storedOriginal,
} from '../../../test/support/domain.js';
import { emitEvent } from './emit-event.js';
import { forgetEvents, takeNewEvents, type VoiceEvent } from './new-events.js';

describe('libs/events', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());

  const typesOf = async (voiceId: string): Promise<string[]> => {
    const rows = await domain.database.query<{ type: string }>(
      'SELECT type FROM events WHERE voice_id = $1 ORDER BY id',
      [voiceId],
    );
    return rows.map(({ type }) => type);
  };
  const take = (limit = 1_000): Promise<VoiceEvent[]> => domain.database.transaction((tx) => takeNewEvents(tx, limit));
  const told = async (voiceId: string): Promise<{ type: string; data: object }[]> =>
    (await take()).filter((event) => event.voiceId === voiceId).map(({ type, data }) => ({ type, data }));

  describe('emitEvent', () => {
    it('tells the life of a voice, each change in its own transaction', async () => {
      const voiceId = await domain.uploadedVoice();
      expect(await typesOf(voiceId)).toEqual(['voice.updated']);
      const split = await domain.claim(voiceId, 'split');
      const splitting = domain.get(SplittingService);
      await splitting.commit(split, { samples: cutSamples(split, 2) });
      expect(await told(voiceId)).toEqual([]);
      await splitting.commit(split, { original: storedOriginal(split) });
      expect(await told(voiceId)).toEqual([{ type: 'voice.split.completed', data: { sample_count: 2 } }]);
      const embed = await domain.claim(voiceId, 'embed');
      await domain.get(EmbeddingResults).commit(embed, collected(embed, []));
      expect(await told(voiceId)).toEqual([{ type: 'voice.embedding.completed', data: { tts_type: 'kyutai' } }]);

      await splitting.request(voiceId, resplit);
      const cancelled = { code: 'cancelled', sentence: 'Cancelled' } as const;
      await domain.get(Processing).failActive({ voiceId, kind: 'split' }, cancelled);
      await domain.get(EmbeddingsService).request(voiceId, {});
      await domain.get(Processing).failActive({ voiceId, kind: 'embed' }, cancelled);
      await domain.get(VoicesService).remove(voiceId);
      expect(await told(voiceId)).toEqual([
        { type: 'voice.split.failed', data: { error: 'Cancelled' } },
        { type: 'voice.embedding.failed', data: { tts_type: 'kyutai', error: 'Cancelled' } },
        { type: 'voice.deleted', data: {} },
      ]);
    });

    it('writes one voice.updated for each change that details show', async () => {
      const voiceId = await domain.emptyVoice();
      const samples = domain.get(SamplesService);
      const { index } = await samples.add(voiceId, convertedSample(voiceId));
      await domain.get(VoicesService).setPreferredSample(voiceId, index);
      await domain.get(VoicesService).rename(voiceId, `renamed ${voiceId}`);
      await samples.remove(voiceId, index);
      await domain.get(EmbeddingsService).deleteTestFiles(voiceId, 'kyutai');
      expect(await typesOf(voiceId)).toEqual(Array.from({ length: 6 }, () => 'voice.updated'));
    });

    it('records the names at the time of the event', async () => {
      const voiceId = await domain.emptyVoice();
      await domain.get(VoicesService).rename(voiceId, `renamed ${voiceId}`);
      await domain.get(VoicesService).remove(voiceId);
      const [event] = (await take()).filter((one) => one.voiceId === voiceId);
      const { voice, partner, partnerId } = required(event);
      expect(voice).toBe(`renamed ${voiceId}`);
      expect(partner).toMatch(/^p-/);
      expect(await domain.count('partners WHERE id = $1 AND name = $2', [partnerId, partner])).toBe(1);
    });

    it('leaves no event of a change that was rolled back', async () => {
      const voiceId = await domain.emptyVoice();
      const failing = changeVoice(domain.database, voiceId, async (tx) => {
        await emitEvent(tx, { type: 'voice.split.completed', voiceId });
        throw new Error('undone');
      });
      await expect(failing).rejects.toThrow('undone');
      expect(await typesOf(voiceId)).toEqual(['voice.updated']);
    });
  });

  describe('takeNewEvents', () => {
    it('gives concurrent callers different events, and gives an event again if its transaction failed', async () => {
      await take();
      const made: string[] = [];
      for (let at = 0; at < 4; at++) {
        made.push(await domain.emptyVoice());
        await domain.get(VoicesService).remove(required(made[at]));
      }
      const failing = domain.database.transaction(async (tx) => {
        const held = await takeNewEvents(tx, 2);
        const others = await take(2);
        expect([...held, ...others].map(({ voiceId }) => voiceId)).toEqual(made);
        expect(await take()).toEqual([]);
        throw new Error('no deliveries');
      });
      await expect(failing).rejects.toThrow('no deliveries');
      expect((await take()).map(({ voiceId }) => voiceId)).toEqual(made.slice(0, 2));
    });
  });

  describe('forgetEvents', () => {
    it('deletes old events, but none that webhooks have not seen', async () => {
      const old = await domain.emptyVoice();
      await domain.get(VoicesService).remove(old);
      await domain.database.query(`UPDATE events SET at = now() - interval '4 days' WHERE voice_id = $1`, [old]);
      const young = await domain.emptyVoice();
      await forgetEvents(domain.database);
      expect(await typesOf(old)).toEqual(['voice.deleted']);
      await take();
      await forgetEvents(domain.database);
      expect(await typesOf(old)).toEqual([]);
      expect(await typesOf(young)).toEqual(['voice.updated']);
    });
  });
});
