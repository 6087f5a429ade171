import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from '../support/domain.js';
import { manifests } from './manifests.js';

interface ScaledObject {
  readonly triggers: readonly [{ readonly metadata: { readonly query: string; readonly targetQueryValue: string } }];
}

/** Runs the query with which KEDA scales workers on the real schema. */
describe('the scaling query', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());

  const [, scaledObject] = manifests().get('worker-scaling.yaml') ?? [];
  const { query, targetQueryValue } = (scaledObject?.spec as ScaledObject).triggers[0].metadata;
  const wanted = async (): Promise<number> => {
    const [row] = await domain.database.query<Record<string, number>>(query);
    return Object.values(row ?? {})[0] ?? NaN;
  };

  it('counts waiting and running splits alike, so that a busy worker is not removed', async () => {
    expect(await wanted()).toBe(0);
    const voices = [await domain.uploadedVoice(), await domain.uploadedVoice(), await domain.uploadedVoice()];
    expect(await wanted()).toBe(3);
    await domain.claim(voices[0] ?? '', 'split');
    expect(await wanted()).toBe(3);
  });

  it('counts ten thousand embeddings on the GPU as the work of a few workers', async () => {
    await domain.database.query(`UPDATE jobs SET state = 'completed', leased_until = NULL, finished_at = now()`);
    const voiceId = await domain.uploadedVoice();
    await domain.database.query(
      `UPDATE jobs SET kind = 'embed', stage = 'collect', state = 'waiting' WHERE voice_id = $1`,
      [voiceId],
    );
    expect(await wanted()).toBe(1);
    expect(Number(targetQueryValue)).toBe(2);
  });
});
