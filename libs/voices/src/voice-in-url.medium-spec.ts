import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SamplesService } from '#libs/samples';
import { convertedSample, Domain } from '../../../test/support/domain.js';
import { VoicesService, type NewVoice } from './voices.service.js';

describe('voiceInUrl', () => {
  let domain: Domain;
  let voices: VoicesService;
  let partnerId: string;
  const create = async (name: string): Promise<NewVoice> => {
    const voice = { id: randomUUID(), partnerId, name, creatorName: null, creatorEmail: null, language: 'en' };
    await voices.create(voice, null);
    return voice;
  };
  beforeAll(async () => {
    domain = await Domain.open();
    voices = domain.get(VoicesService);
    partnerId = await domain.partner();
  });
  afterAll(() => domain.close());

  it('finds a voice by its name and by its id in any case, also after a rename', async () => {
    const { id, name } = await create('Zoë');
    await domain.get(SamplesService).add(id, convertedSample(id));
    await voices.rename(id, 'Zoé');
    await expect(voices.find(partnerId, name)).rejects.toMatchObject({ code: 'voice_not_found' });
    for (const text of ['Zoé', id, id.toUpperCase()]) {
      expect(await voices.find(partnerId, text)).toEqual({ id, partnerId, name: 'Zoé' });
      expect(await voices.detailsNamed(partnerId, text)).toMatchObject({
        id,
        name: 'Zoé',
        labels: [],
        description: null,
      });
      expect((await voices.audibleNamed(partnerId, text)).details).toMatchObject({ id, name: 'Zoé' });
      const sample = await domain.get(SamplesService).audio(partnerId, text, 1);
      expect(sample.voice).toEqual({ id, partnerId, name: 'Zoé' });
    }
  });

  it('prefers the name if it is the id of another voice', async () => {
    const first = await create('first');
    const second = await create(first.id);
    expect((await voices.find(partnerId, first.id)).id).toBe(second.id);
    expect((await voices.find(partnerId, first.id.toUpperCase())).id).toBe(first.id);
    expect((await voices.detailsNamed(partnerId, first.id)).id).toBe(second.id);
  });

  it('finds no voice of another partner, and none for a text that is nearly an id', async () => {
    const { id } = await create('mine');
    const other = await domain.partner();
    for (const [owner, text] of [
      [other, id],
      [partnerId, randomUUID()],
      [partnerId, `{${id}}`],
      [partnerId, id.slice(1)],
    ]) {
      await expect(voices.find(String(owner), String(text))).rejects.toMatchObject({ code: 'voice_not_found' });
    }
  });
});
