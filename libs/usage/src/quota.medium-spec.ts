import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsentsService } from '#libs/consent';
import { EmbeddingsService } from '#libs/embeddings';
import { isAppError } from '#libs/errors';
import { SamplesService } from '#libs/samples';
import { convertedSample, Domain, required } from '../../../test/support/domain.js';
import type { Quotas } from './used-sql.js';
import { UsageRepository, type PartnerUsage } from './usage.repository.js';

const parallel = 50;

let domain: Domain;
beforeAll(async () => {
  domain = await Domain.open();
});
afterAll(() => domain.close());

/** A new partner's id. */
async function partnerWith(quotas: Partial<Quotas>): Promise<string> {
  const id = await domain.partner();
  const { maxVoices = null, maxBytes = null, maxGpuSecondsPerMonth = null } = quotas;
  await domain.database.query(
    'UPDATE partners SET max_voices = $2, max_bytes = $3, max_gpu_seconds_per_month = $4 WHERE id = $1',
    [id, maxVoices, maxBytes, maxGpuSecondsPerMonth],
  );
  return id;
}

const usage = async (partnerId: string): Promise<PartnerUsage> =>
  required(await new UsageRepository(domain.database).find(partnerId));

const addSample = (voiceId: string): Promise<unknown> =>
  domain.get(SamplesService).add(voiceId, convertedSample(voiceId));

/** Sends 50 requests at once. @returns how many were accepted; all others exceeded a quota */
async function accepted(request: (at: number) => Promise<unknown>): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: parallel }, (_, at) => request(at)));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.filter(({ reason }) => !isAppError(reason, 'quota_exceeded'))).toEqual([]);
  return parallel - refused.length;
}

describe('refuseOverQuota', () => {
  it('lets exactly so many of 50 parallel uploads in as fit into max_bytes', async () => {
    const partnerId = await partnerWith({ maxBytes: 7 * 5000 + 4999 }); // an upload has 5000 bytes
    expect(await accepted(() => domain.uploadedVoice(partnerId))).toBe(7);
    expect(await usage(partnerId)).toMatchObject({ voices: 7, bytes: 35_000 });
  });

  it('keeps max_bytes under parallel uploads, samples and consents together', async () => {
    const partnerId = await partnerWith({});
    // Changes of one voice wait for each other anyway.
    const voices = await Promise.all(Array.from({ length: parallel }, () => domain.emptyVoice(partnerId)));
    const maxBytes = 20_100;
    await domain.database.query('UPDATE partners SET max_bytes = $2 WHERE id = $1', [partnerId, maxBytes]);
    const said = { statement: 'I agree.', language: 'en', grantedBy: 'Jane Doe', textVersion: null } as const;
    const file = { name: 'consent.pdf', objectKey: 'consent', bytes: 300, sha256: 'ab'.repeat(32) };
    const addConsent = (voiceId: string): Promise<unknown> =>
      domain.get(ConsentsService).add(voiceId, { id: randomUUID(), ...said, method: 'written', file, recording: null });
    const requests = [() => domain.uploadedVoice(partnerId), addSample, addConsent];
    await accepted(async (at) => requests[at % requests.length]?.(required(voices[at])));
    const { bytes } = await usage(partnerId);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    expect(bytes).toBeGreaterThan(maxBytes - 5000); // only what did not fit was refused
  });

  it('lets exactly so many of 50 parallel uploads and embeddings in as max_gpu_seconds_per_month expects', async () => {
    // Without earlier jobs, each is expected to take 60 s.
    const partnerId = await partnerWith({ maxGpuSecondsPerMonth: 7 * 60 + 59 });
    const voices = await Promise.all(Array.from({ length: parallel / 2 }, () => domain.emptyVoice(partnerId)));
    await Promise.all(voices.map(addSample));
    const request = (at: number): Promise<unknown> => {
      const voiceId = voices[at];
      if (voiceId === undefined) return domain.uploadedVoice(partnerId);
      return domain.get(EmbeddingsService).request(voiceId, {});
    };
    expect(await accepted(request)).toBe(7);
    expect(await domain.count('jobs WHERE partner_id = $1', [partnerId])).toBe(7);
  });
});
