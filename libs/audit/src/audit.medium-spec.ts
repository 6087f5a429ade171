import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeysService, PartnersService } from '#libs/partners';
import { AppError } from '#libs/errors';
import { changeVoice, VoicesService } from '#libs/voices';
import { Domain } from '../../../test/support/domain.js';
import { actingAs, type Actor } from './actor.js';
import { AuditLogRepository, type AuditEntry } from './audit-log.repository.js';
import { recordChange } from './record-change.js';

const someone: Actor = { kind: 'partner', keyId: 'abcdefghijklmnop', requestId: 'request-1' };

describe('the audit log', () => {
  let domain: Domain;
  let log: AuditLogRepository;
  beforeAll(async () => {
    domain = await Domain.open();
    log = new AuditLogRepository(domain.database);
  });
  afterAll(() => domain.close());
  /** The id of a new voice of a partner of this name. */
  const newVoice = async (partner: string, name: string): Promise<string> => {
    const [row] = await domain.database.query<{ id: string }>('INSERT INTO partners (name) VALUES ($1) RETURNING id', [
      partner,
    ]);
    const voice = {
      id: randomUUID(),
      partnerId: row?.id ?? '',
      name,
      creatorName: null,
      creatorEmail: null,
      language: 'en',
    };
    await domain.get(VoicesService).create(voice, null);
    return voice.id;
  };
  const all = (partner: string): Promise<AuditEntry[]> => log.list({ partner, before: null, limit: 1000 });

  it('lists who did what with the names at that moment, newest first', async () => {
    const voices = domain.get(VoicesService);
    const voiceId = await newVoice('names', 'before');
    await actingAs(
      () => someone,
      () => voices.rename(voiceId, 'after'),
    );
    await actingAs(
      () => someone,
      () => voices.remove(voiceId),
    );
    const entries = await all('names');
    expect(entries.map(({ action, actor, keyId, requestId }) => ({ action, actor, keyId, requestId }))).toEqual([
      { action: 'voice.delete', actor: 'partner', keyId: someone.keyId, requestId: 'request-1' },
      { action: 'voice.rename', actor: 'partner', keyId: someone.keyId, requestId: 'request-1' },
      { action: 'voice.create', actor: 'system', keyId: null, requestId: null },
    ]);
    expect(entries.map(({ voice, details }) => ({ voice, details }))).toEqual([
      { voice: 'after', details: {} },
      { voice: 'before', details: { name: 'after' } },
      { voice: 'before', details: {} },
    ]);
    expect(new Set(entries.map((entry) => entry.voiceId))).toEqual(new Set([voiceId]));
  });

  it('has no entry for a change that was rolled back', async () => {
    const voiceId = await newVoice('undone', 'kept');
    const before = await all('undone');
    const failing = changeVoice(domain.database, voiceId, async (tx, { partnerId }) => {
      await recordChange(tx, { action: 'voice.delete', partnerId, voiceId });
      throw AppError.of('voice_locked');
    });
    await expect(failing).rejects.toMatchObject({ code: 'voice_locked' });
    expect(await all('undone')).toEqual(before);
  });

  it('records keys by their ids and outlives their partner', async () => {
    const keys = domain.get(ApiKeysService);
    const made = await keys.create('gone', { name: 'production', expiresAt: null });
    await keys.revoke(made.id);
    await domain.get(PartnersService).erase('gone');
    const entries = await all('gone');
    expect(entries.map(({ action, details }) => ({ action, details }))).toEqual([
      { action: 'partner.delete', details: { voices: 0 } },
      { action: 'key.revoke', details: { key: made.id } },
      { action: 'key.create', details: { key: made.id, name: 'production', scopes: 'read write' } },
    ]);
    expect(JSON.stringify(entries)).not.toContain(made.key);
  });

  it('is read in pages, and deletes entries after their time', async () => {
    const keys = domain.get(ApiKeysService);
    for (let made = 0; made < 5; made++) await keys.create('pages', { name: `${made}`, expiresAt: null });
    const first = await log.list({ partner: 'pages', before: null, limit: 3 });
    const rest = await log.list({ partner: 'pages', before: first.at(-1)?.id ?? null, limit: 3 });
    expect([...first, ...rest].map(({ details }) => details['name'])).toEqual(['4', '3', '2', '1', '0']);
    await domain.database.query(`UPDATE audit_log SET at = now() - interval '31 days' WHERE id <= $1`, [first[2]?.id]);
    await log.forgetOlderThan(30);
    expect(await all('pages')).toHaveLength(2);
  });

  it('attributes concurrent changes to their actors', async () => {
    const keys = domain.get(ApiKeysService);
    const ids = Array.from({ length: 10 }, (_, at) => `key-${at}`);
    await Promise.all(
      ids.map((keyId) =>
        actingAs(
          () => ({ ...someone, keyId }),
          () => keys.create('busy', { name: keyId, expiresAt: null }),
        ),
      ),
    );
    const entries = await all('busy');
    expect(entries).toHaveLength(ids.length);
    for (const entry of entries) expect(entry.keyId).toBe(entry.details['name']);
  });
});
