import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LostClaim } from '#libs/jobs';
import { Processing } from '#libs/processing';
import { VoicesService } from '#libs/voices';
import { cutSamples, Domain, resplit, storedOriginal } from '../../../test/support/domain.js';
import { wavFacts } from '../../../test/support/recording-facts.js';
import { SplittingService } from './splitting/splitting.service.js';

let domain: Domain;
let splitting: SplittingService;
beforeAll(async () => {
  domain = await Domain.open();
  splitting = domain.get(SplittingService);
});
afterAll(() => domain.close());

const details = (voiceId: string) => domain.get(VoicesService).details(voiceId);

describe('SplittingService.commit, warnings', () => {
  const header = {
    code: 'wrong_length',
    message: 'The file states a length of 3 s but holds 185.4 s; all of it was used',
  } as const;
  const track = { code: 'track_passed_over', message: 'Track 1 of 2 was not used because it is silent' } as const;
  const damage = { code: 'damaged_recording', message: '36.6 s of 75 s could be decoded' } as const;

  it('adds the warnings of both stages to those of the upload, and fails no voice', async () => {
    const facts = { ...wavFacts, statedSeconds: 3, durationSeconds: 185.4, ignoresStatedLength: true };
    const voiceId = await domain.uploadedVoice(undefined, { facts });
    expect((await details(voiceId)).warnings).toEqual([header]);
    const job = await domain.claim(voiceId, 'split');
    await splitting.commit(job, { samples: cutSamples(job, 2), warnings: [track] });
    expect((await details(voiceId)).warnings).toEqual([header, track]);
    const exact = { code: 'wrong_length', message: 'The header states 3 s, the recording has 185.4 s' } as const;
    await splitting.commit(job, { original: storedOriginal(job), warnings: [damage, exact] });
    expect(await details(voiceId)).toMatchObject({
      splittingStatus: 'completed',
      embeddingStatus: 'in_progress',
      splittingError: null,
      warnings: [track, damage, exact],
    });
  });

  it('keeps warnings through a re-split, and adds none of a lost claim', async () => {
    const voiceId = await domain.uploadedVoice();
    expect((await details(voiceId)).warnings).toEqual([]);
    const loser = await domain.claim(voiceId, 'split');
    await domain.expireLease(loser.id);
    const job = await domain.claim(voiceId, 'split');
    const late = { samples: cutSamples(loser, 1), original: storedOriginal(loser), warnings: [track] };
    await expect(splitting.commit(loser, late)).rejects.toThrow(LostClaim);
    await splitting.commit(job, { samples: cutSamples(job, 1), original: storedOriginal(job), warnings: [damage] });
    await domain
      .get(Processing)
      .failActive({ voiceId, kind: 'embed' }, { code: 'gpu_failed', sentence: 'The embedding failed' });

    await splitting.request(voiceId, resplit);
    const again = await domain.claim(voiceId, 'split');
    await splitting.commit(again, { samples: cutSamples(again, 2) });
    expect(await details(voiceId)).toMatchObject({ splittingStatus: 'completed', warnings: [damage] });
  });
});
