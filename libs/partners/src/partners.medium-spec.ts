import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VoiceEntity } from '#libs/database';
import { Domain, required } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { ApiKeysService } from './api-keys.service.js';
import { PartnersService } from './partners.service.js';

let domain: Domain;
let keys: ApiKeysService;
let partners: PartnersService;
beforeAll(async () => {
  domain = await Domain.open();
  keys = domain.get(ApiKeysService);
  partners = domain.get(PartnersService);
});
afterAll(() => domain.close());
const key = { name: 'test', expiresAt: null };

describe('ApiKeysService.create', () => {
  it('creates the partner with its first key, once, and never stores the text of a key', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => keys.create('acme', key)));
    expect((await partners.list()).map(({ name }) => name)).toEqual(['acme']);
    const listed = await keys.list('acme');
    expect(listed.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort());
    const [row] = await domain.database.query<{ text: string }>(
      'SELECT string_agg(k::text, $1) AS text FROM api_keys k',
      [''],
    );
    for (const { key: secret } of made) expect(required(row).text).not.toContain(secret.slice(-43));
  });

  it.each(['', 'Acme', '-a', '_a', 'a b', 'a/b', 'é', 'a'.repeat(64)])('rejects the partner name %j', async (name) => {
    await expect(keys.create(name, key)).rejects.toMatchObject({ code: 'invalid_parameter' });
    await expect(partners.find(name)).rejects.toMatchObject({ code: 'partner_not_found' });
  });
});

describe('ApiKeysService.revoke', () => {
  it('may be called twice and rejects unknown ids', async () => {
    const { id } = await keys.create('revoking', key);
    await keys.revoke(id);
    const [first] = await keys.list('revoking');
    await keys.revoke(id);
    expect((await keys.list('revoking'))[0]?.revokedAt).toEqual(first?.revokedAt);
    for (const unknown of ['', 'x', 'aaaaaaaaaaaaaaaa', `${id}\u0000`]) {
      await expect(keys.revoke(unknown)).rejects.toMatchObject({ code: 'key_not_found' });
    }
  });
});

describe('PartnersService.erase', () => {
  it('erases keys, jobs and voices, locked ones included, schedules the removal of objects and cancels GPU jobs', async () => {
    await keys.create('erased', key);
    await keys.create('spared', key);
    const [erased, spared] = [(await partners.find('erased')).id, (await partners.find('spared')).id];
    const voices = [await domain.uploadedVoice(erased), await domain.emptyVoice(erased)];
    const sparedVoice = await domain.uploadedVoice(spared);
    const jobId = await domain.jobId(required(voices[0]), 'split');
    await domain.database.query(
      `UPDATE jobs SET state = 'waiting', runpod_endpoint = 'e1', runpod_job_id = 'gpu-1' WHERE id = $1`,
      [jobId],
    );

    await partners.erase('erased');
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
    await expect(partners.erase('erased')).rejects.toMatchObject({ code: 'partner_not_found' });
  });

  it('erases more voices than one transaction deletes', async () => {
    await keys.create('crowd', key);
    const { id } = await partners.find('crowd');
    await domain.database.query(
      `INSERT INTO voices (partner_id, name) SELECT $1, 'voice ' || n FROM generate_series(1, 450) AS n`,
      [id],
    );
    const ofCrowd = await domain.database.query<{ id: string }>('SELECT id FROM voices WHERE partner_id = $1', [id]);
    await partners.erase('crowd');
    await expect(partners.find('crowd')).rejects.toMatchObject({ code: 'partner_not_found' });
    expect(await domain.count('voices WHERE partner_id = $1', [id])).toBe(0);
    const targets = new Set((await domain.removals()).map(({ target }) => target));
    expect(ofCrowd.every((voice) => targets.has(`voices/${voice.id}/`))).toBe(true);
    const [note] = await domain.database.query<{ details: object }>(
      `SELECT details FROM audit_log WHERE action = 'partner.delete' AND partner_id = $1`,
      [id],
    );
    expect(note?.details).toEqual({ voices: 450 });
  });

  it('waits for a voice that is being created, and erases it too', async () => {
    await keys.create('busy', key);
    const partnerId = (await partners.find('busy')).id;
    const voiceId = randomUUID();
    let removing: Promise<void> = Promise.resolve();
    await domain.database.transaction(async (tx) => {
      await tx.insert(VoiceEntity, { id: voiceId, partnerId, name: 'in the making' });
      removing = partners.erase('busy');
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
