import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VoiceEntity } from '#libs/database';
import { Domain, required } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { ApiKeysService } from './api-keys.service.js';

describe('ApiKeysService', () => {
  let domain: Domain;
  let keys: ApiKeysService;
  beforeAll(async () => {
    domain = await Domain.open();
    keys = domain.get(ApiKeysService);
  });
  afterAll(() => domain.close());
  const key = { name: 'test', expiresAt: null };

  it('makes a partner with its first key, once, and never keeps the key itself', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => keys.create('acme', key)));
    expect((await keys.listPartners()).map(({ name }) => name)).toEqual(['acme']);
    const listed = await keys.list('acme');
    expect(listed.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort());
    const [row] = await domain.database.query<{ text: string }>(
      'SELECT string_agg(k::text, $1) AS text FROM api_keys k',
      [''],
    );
    for (const { key: secret } of made) expect(required(row).text).not.toContain(secret.slice(-43));
  });

  it.each(['', 'Acme', '-a', '_a', 'a b', 'a/b', 'é', 'a'.repeat(64)])('makes no partner %j', async (name) => {
    await expect(keys.create(name, key)).rejects.toMatchObject({ code: 'invalid_parameter' });
    await expect(keys.partner(name)).rejects.toMatchObject({ code: 'partner_not_found' });
  });

  it('revokes a key, also twice, and knows no other', async () => {
    const { id } = await keys.create('revoking', key);
    await keys.revoke(id);
    const [first] = await keys.list('revoking');
    await keys.revoke(id);
    expect((await keys.list('revoking'))[0]?.revokedAt).toEqual(first?.revokedAt);
    for (const unknown of ['', 'x', 'aaaaaaaaaaaaaaaa', `${id}\u0000`]) {
      await expect(keys.revoke(unknown)).rejects.toMatchObject({ code: 'key_not_found' });
    }
  });

  describe('removePartner', () => {
    it('erases keys, voices and jobs, locked ones too, notes all bytes and cancels GPU jobs', async () => {
      await keys.create('erased', key);
      await keys.create('spared', key);
      const [erased, spared] = [(await keys.partner('erased')).id, (await keys.partner('spared')).id];
      const voices = [await domain.uploadedVoice(erased), await domain.emptyVoice(erased)];
      const sparedVoice = await domain.uploadedVoice(spared);
      const jobId = await domain.jobId(required(voices[0]), 'split');
      await domain.database.query(
        `UPDATE jobs SET state = 'waiting', runpod_endpoint = 'e1', runpod_job_id = 'gpu-1' WHERE id = $1`,
        [jobId],
      );

      await keys.removePartner('erased');
      await expect(keys.list('erased')).rejects.toMatchObject({ code: 'partner_not_found' });
      expect(await domain.count('voices WHERE partner_id = $1', [erased])).toBe(0);
      expect(await domain.count('jobs WHERE partner_id = $1', [erased])).toBe(0);
      expect(await domain.count('api_keys WHERE partner_id = $1', [erased])).toBe(0);
      const removals = await domain.removals();
      for (const id of voices) expect(removals).toContainEqual({ target: `voices/${id}/`, inSeconds: 0 });
      expect(removals).not.toContainEqual(expect.objectContaining({ target: `voices/${sparedVoice}/` }));
      expect(await domain.database.query('SELECT runpod_endpoint, runpod_job_id FROM gpu_cancellations')).toEqual([
        { runpod_endpoint: 'e1', runpod_job_id: 'gpu-1' },
      ]);
      expect(await domain.count('voices WHERE id = $1', [sparedVoice])).toBe(1);
      await expect(keys.removePartner('erased')).rejects.toMatchObject({ code: 'partner_not_found' });
    });

    it('erases more voices than one transaction takes', async () => {
      await keys.create('crowd', key);
      const { id } = await keys.partner('crowd');
      await domain.database.query(
        `INSERT INTO voices (partner_id, name) SELECT $1, 'voice ' || n FROM generate_series(1, 450) AS n`,
        [id],
      );
      const ofCrowd = await domain.database.query<{ id: string }>('SELECT id FROM voices WHERE partner_id = $1', [id]);
      await keys.removePartner('crowd');
      await expect(keys.partner('crowd')).rejects.toMatchObject({ code: 'partner_not_found' });
      expect(await domain.count('voices WHERE partner_id = $1', [id])).toBe(0);
      const targets = new Set((await domain.removals()).map(({ target }) => target));
      expect(ofCrowd.every((voice) => targets.has(`voices/${voice.id}/`))).toBe(true);
      const [note] = await domain.database.query<{ details: object }>(
        `SELECT details FROM audit_log WHERE action = 'partner.delete' AND partner_id = $1`,
        [id],
      );
      expect(note?.details).toEqual({ voices: 450 });
    });

    it('notes the bytes of a voice that is being made at that moment, too', async () => {
      await keys.create('busy', key);
      const partnerId = (await keys.partner('busy')).id;
      const voiceId = randomUUID();
      let removing: Promise<void> = Promise.resolve();
      await domain.database.transaction(async (tx) => {
        await tx.insert(VoiceEntity, { id: voiceId, partnerId, name: 'in the making' });
        removing = keys.removePartner('busy');
        await waitFor('the erasure to wait', async () => {
          const from = `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
          return (await domain.count(from)) === 1;
        });
      });
      await removing;
      expect(await domain.count('voices WHERE id = $1', [voiceId])).toBe(0);
      expect(await domain.removals()).toContainEqual({ target: `voices/${voiceId}/`, inSeconds: 0 });
    });
  });
});
