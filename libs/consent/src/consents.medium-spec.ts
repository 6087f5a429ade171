import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddingResults, EmbeddingsService, SpeechesService } from '#libs/embeddings';
import { ConsentRevocations } from '#libs/processing';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { SamplesService, SplittingService } from '#libs/samples';
import { consentFileKey, consentRecordingKey, OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { UsageRepository } from '#libs/usage';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import { pino } from 'pino';
import {
  collected,
  convertedSample,
  cutSamples,
  Domain,
  required,
  storedOriginal,
} from '../../../test/support/domain.js';
import { recordedConsents, recordSimilarities } from './consent-recordings.js';
import { ConsentsService, maxConsentsPerVoice, type NewConsent } from './consents.service.js';

const refusal = { code: 'no_consent', message: 'Voice has no consent on record' };

let domain: Domain;
let consents: ConsentsService;
let revocations: ConsentRevocations;
let storage: ObjectStorage;
beforeAll(async () => {
  domain = await Domain.open({ requireConsent: true });
  consents = domain.get(ConsentsService);
  revocations = domain.get(ConsentRevocations);
  storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
});
afterAll(() => domain.close());

const newConsent = (more: Partial<NewConsent> = {}): NewConsent => ({
  id: randomUUID(),
  statement: 'I agree.',
  language: 'en',
  grantedBy: 'Jane Doe',
  method: 'verbal',
  textVersion: null,
  file: null,
  recording: null,
  ...more,
});

/** A consent whose two objects are stored. */
async function recordedConsent(voiceId: string): Promise<NewConsent> {
  const id = randomUUID();
  const [fileKey, recordingKey] = [consentFileKey(voiceId, id), consentRecordingKey(voiceId, id)];
  for (const key of [fileKey, recordingKey]) {
    await storage.put(
      key,
      (async function* () {
        yield Buffer.from('audio');
      })(),
      { contentType: 'audio/ogg' },
    );
  }
  const file = { name: 'consent.wav', objectKey: fileKey, bytes: 5, sha256: 'ab'.repeat(32) };
  const recording = { objectKey: recordingKey, durationSeconds: 6.5, bytes: 5, sha256: 'cd'.repeat(32) };
  return newConsent({ id, method: 'recorded', file, recording });
}

const details = (voiceId: string): Promise<VoiceDetails> => domain.get(VoicesService).details(voiceId);

async function voiceWithSample(): Promise<string> {
  const voiceId = await domain.emptyVoice();
  await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  return voiceId;
}

const changes = async (voiceId: string): Promise<readonly object[]> => {
  const rows = await domain.database.query<{ action: string; details: object }>(
    `SELECT action, details FROM audit_log WHERE voice_id = $1 AND (action LIKE 'consent.%' OR action = 'voice.delete')
     ORDER BY id`,
    [voiceId],
  );
  return rows.map(({ action, details: about }) => ({ action, ...about }));
};

describe('ConsentsService', () => {
  it('adds consents, lists them oldest first, and records each change', async () => {
    const voiceId = await domain.emptyVoice();
    const first = await consents.add(voiceId, newConsent({ textVersion: '3' }));
    const second = await consents.add(voiceId, newConsent({ method: 'written' }));
    expect(first).toMatchObject({ grantedBy: 'Jane Doe', similarity: null, revokedAt: null });
    const revoked = await revocations.revoke(voiceId, first.id);
    expect(revoked.revokedAt).toBeInstanceOf(Date);
    expect(await revocations.revoke(voiceId, first.id)).toEqual(revoked);
    expect((await consents.list(voiceId)).map(({ id, revokedAt }) => [id, revokedAt])).toEqual([
      [first.id, revoked.revokedAt],
      [second.id, null],
    ]);
    expect(await changes(voiceId)).toEqual([
      { action: 'consent.add', consent: first.id, method: 'verbal', text_version: '3' },
      { action: 'consent.add', consent: second.id, method: 'written', text_version: null },
      { action: 'consent.revoke', consent: first.id },
    ]);
  });

  it('finds nothing under the id of another voice, and no file where there is none', async () => {
    const [voiceId, other] = [await domain.emptyVoice(), await domain.emptyVoice()];
    const { id } = await consents.add(voiceId, newConsent());
    await expect(consents.file(voiceId, id)).rejects.toMatchObject({ code: 'consent_file_not_found' });
    for (const missing of [consents.file(other, id), revocations.revoke(other, id), consents.erase(other, id)]) {
      await expect(missing).rejects.toMatchObject({ code: 'consent_not_found' });
    }
    await expect(consents.add(randomUUID(), newConsent())).rejects.toMatchObject({ code: 'voice_not_found' });
  });

  it('refuses more consents than a voice may have, and files over the quota of their partner', async () => {
    const voiceId = await domain.emptyVoice();
    await domain.database.query(
      `INSERT INTO consents (id, voice_id, statement, language, granted_by, method)
       SELECT gen_random_uuid(), $1, 'Yes.', 'en', 'Jane', 'verbal' FROM generate_series(1, $2::int)`,
      [voiceId, maxConsentsPerVoice - 1],
    );
    await consents.refuseIfNoRoom(voiceId);
    await consents.add(voiceId, newConsent());
    await expect(consents.refuseIfNoRoom(voiceId)).rejects.toMatchObject({ code: 'too_many_consents' });
    await expect(consents.add(voiceId, newConsent())).rejects.toMatchObject({ code: 'too_many_consents' });

    const partnerId = await domain.partner();
    const small = await domain.emptyVoice(partnerId);
    await domain.database.query('UPDATE partners SET max_bytes = 15 WHERE id = $1', [partnerId]);
    await consents.add(small, await recordedConsent(small));
    expect((await new UsageRepository(domain.database).find(partnerId))?.bytes).toBe(10);
    await expect(consents.add(small, await recordedConsent(small))).rejects.toMatchObject({ code: 'quota_exceeded' });
    await consents.add(small, newConsent());
  });

  it('keeps the similarity of recorded consents of this voice only, the newest of each', async () => {
    const [voiceId, other] = [await domain.emptyVoice(), await domain.emptyVoice()];
    const { id } = await consents.add(voiceId, await recordedConsent(voiceId));
    const spoken = await consents.add(voiceId, newConsent());
    const stranger = await consents.add(other, await recordedConsent(other));
    expect((await recordedConsents(domain.database, voiceId)).map(({ consentId }) => consentId)).toEqual([id]);
    for (const score of [0.5, 0.91]) {
      const scores = [id, spoken.id, stranger.id, randomUUID()].map((consentId) => ({ consentId, score }));
      await domain.database.transaction((tx) => recordSimilarities(tx, voiceId, 'wavlm@1', scores));
    }
    const [measured, untouched] = await consents.list(voiceId);
    expect(measured?.similarity).toMatchObject({ score: 0.91, scorer: 'wavlm@1' });
    expect(new Date(required(measured?.similarity).measuredAt).getTime()).not.toBeNaN();
    expect([untouched?.similarity, (await consents.list(other))[0]?.similarity]).toEqual([null, null]);
    await revocations.revoke(voiceId, id);
    expect(await recordedConsents(domain.database, voiceId)).toEqual([]);
  });
});

describe('ConsentsService.erase', () => {
  it('deletes a voice in processing with its rows and objects, and leaves only the audit log', async () => {
    const voiceId = await voiceWithSample();
    const { id } = await consents.add(voiceId, await recordedConsent(voiceId));
    await consents.add(voiceId, newConsent()); // lets the embedding go on
    await domain.get(EmbeddingsService).request(voiceId, {});
    await revocations.revoke(voiceId, id);
    expect(await consents.erase(voiceId, id)).toMatchObject({ id, revokedAt: expect.any(Date) });
    await expect(details(voiceId)).rejects.toMatchObject({ code: 'voice_not_found' });
    for (const table of ['consents', 'jobs', 'samples']) {
      expect(await domain.count(`${table} WHERE voice_id = $1`, [voiceId])).toBe(0);
    }
    const garbage = new GarbageCollector(
      storage,
      new StoredObjectsRepository(domain.database),
      pino({ level: 'silent' }),
    );
    await garbage.removeDue();
    expect(await storage.stat(consentFileKey(voiceId, id))).toBeNull();
    expect(await storage.stat(consentRecordingKey(voiceId, id))).toBeNull();
    expect(await changes(voiceId)).toEqual([
      expect.objectContaining({ action: 'consent.add', consent: id }),
      expect.objectContaining({ action: 'consent.add' }),
      { action: 'consent.revoke', consent: id },
      { action: 'consent.revoke', consent: id, erase: 'true' },
      { action: 'voice.delete', force: 'true' },
    ]);
  });
});

describe('REQUIRE_CONSENT', () => {
  it('refuses to embed until a consent is on record, and again once it is revoked', async () => {
    const voiceId = await voiceWithSample();
    const request = (): Promise<VoiceDetails> => domain.get(EmbeddingsService).request(voiceId, {});
    await expect(request()).rejects.toMatchObject(refusal);
    expect(await details(voiceId)).toMatchObject({ embeddingStatus: 'idle', embedding: null });
    const { id } = await consents.add(voiceId, newConsent());
    await revocations.revoke(voiceId, id);
    await expect(request()).rejects.toMatchObject(refusal);
    await consents.add(voiceId, newConsent());
    expect(await request()).toMatchObject({ embeddingStatus: 'in_progress' });
  });

  it('fails the embedding that follows a first split, and keeps the samples', async () => {
    const voiceId = await domain.uploadedVoice();
    const split = await domain.claim(voiceId, 'split');
    await domain
      .get(SplittingService)
      .commit(split, { samples: cutSamples(split, 2), original: storedOriginal(split) });
    const refused = { embeddingStatus: 'failed', embeddingError: refusal.message, splittingStatus: 'completed' };
    expect(await details(voiceId)).toMatchObject({ ...refused, samples: [{ index: 1 }, { index: 2 }] });
    expect((await details(voiceId)).embedding).toMatchObject({ lastUpdateStatus: 'failed' });
    expect(await domain.count(`jobs WHERE voice_id = $1 AND kind = 'embed'`, [voiceId])).toBe(0);
    await consents.add(voiceId, newConsent());
    await domain.get(EmbeddingsService).request(voiceId, {});
    expect(await details(voiceId)).toMatchObject({ embeddingStatus: 'in_progress', embeddingError: null });
  });

  it('embeds after a first split if the consent was added while the voice was split', async () => {
    const voiceId = await domain.uploadedVoice();
    const split = await domain.claim(voiceId, 'split');
    await consents.add(voiceId, newConsent());
    await domain.get(SplittingService).commit(split, { samples: cutSamples(split, 2) });
    expect(await details(voiceId)).toMatchObject({ splittingStatus: 'in_progress', embeddingStatus: 'in_progress' });
  });

  it('discards the results of an embedding whose consent was revoked meanwhile, and refuses to speak', async () => {
    const voiceId = await voiceWithSample();
    const { id } = await consents.add(voiceId, newConsent());
    await domain.get(EmbeddingsService).request(voiceId, {});
    const job = await domain.claim(voiceId, 'embed');
    // As an API without REQUIRE_CONSENT revokes it, which ends no job.
    await domain.database.query('UPDATE consents SET revoked_at = now() WHERE id = $1', [id]);
    const made = collected(job, [{ sampleIndex: 1, score: 0.9 }]);
    const commit = (): Promise<void> => domain.get(EmbeddingResults).commit(job, made);
    await expect(commit()).rejects.toMatchObject(refusal);
    expect((await details(voiceId)).embedding).toBeNull();

    const again = await consents.add(voiceId, newConsent());
    await commit();
    expect((await details(voiceId)).embedding).toMatchObject({ scores: [{ sampleIndex: 1 }] });
    await revocations.revoke(voiceId, again.id);
    await expect(domain.get(SpeechesService).request(voiceId, { text: 'One.' })).rejects.toMatchObject(refusal);
  });
});
