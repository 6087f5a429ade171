import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { details, type Details } from '../../support/voices.js';
import { instantContract } from './emulated.js';
import { addSample, emptyVoice, finished, said, voiceOfSamples } from './made-voices.js';

let contract: Contract;
let partner: TestPartner;
let voice: Details;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  await voiceOfSamples(partner, 'Zoë ü', 2);
  voice = await finished(partner, 'Zoë ü', 'embed');
});

describe('the id of a voice', () => {
  it('is in details, lists and the archive, and serves in every URL in place of the name', async () => {
    const [byName, byId] = [partner.route(voice.name), partner.route(voice.id)];
    const reads = ['/samples/1', '/samples-bundle', '/test-samples', '/test-samples/test_1_1.opus', '/embedding'];
    for (const path of reads) {
      const [named, identified] = [await partner.http.fetch(byName + path), await partner.http.fetch(byId + path)];
      expect([path, identified.status]).toEqual([path, 200]);
      expect(identified.headers.get('content-disposition')).toBe(named.headers.get('content-disposition'));
      expect(Buffer.from(await identified.arrayBuffer())).toEqual(Buffer.from(await named.arrayBuffer()));
    }
    expect((await details(partner, voice.id.toUpperCase())).name).toBe(voice.name);
    const { body: audible } = await partner.http.get<Details>(`${byId}?audio_urls=true`);
    expect(audible.samples[0]).toHaveProperty('url');
    const { body: listed } = await partner.http.get<Details[]>(partner.route());
    expect(listed).toMatchObject([{ id: voice.id, name: voice.name, preferred_sample_index: expect.any(Number) }]);
  });

  it('stays when the voice is renamed, while the old name is gone', async () => {
    const route = partner.route(voice.id);
    expect((await partner.http.put<Details>(`${route}/name`, { name: 'other' })).body).toMatchObject({ id: voice.id });
    expect((await partner.http.get(partner.route(voice.name))).status).toBe(404);
    expect(await addSample(partner, voice.id)).toBe(3);
    expect((await partner.http.delete(`${route}/samples/3`)).status).toBe(204);
    await partner.http.put(`${route}/name`, { name: voice.name });
  });

  it('gives way to a voice with this name, and is unknown to other partners', async () => {
    const namesake = await emptyVoice(partner, voice.id);
    expect((await details(partner, voice.id)).id).toBe(namesake.id);
    expect((await partner.http.delete(partner.route(voice.id))).status).toBe(204);
    expect((await details(partner, voice.id)).id).toBe(voice.id);
    const other = await contract.partner();
    expect(said(await other.http.get(other.route(voice.id)))).toEqual({ status: 404, detail: 'Voice not found' });
  });
});

describe('GET v1/audio/voices', () => {
  interface AudioVoices {
    readonly object: string;
    readonly data: readonly { readonly id: string; readonly embedding_url: string }[];
  }
  const list = (headers: Record<string, string>): ReturnType<typeof nobody.get<AudioVoices>> =>
    nobody.get<AudioVoices>('/v1/audio/voices', headers);
  let nobody: ReturnType<typeof contract.client>;
  beforeAll(() => {
    nobody = contract.client();
  });

  it("lists the embedded voices of the key's partner, also for a bearer token", async () => {
    await emptyVoice(partner, 'not embedded');
    const { body } = await list({ Authorization: `Bearer ${partner.key}` });
    expect(body).toEqual({
      object: 'list',
      data: [
        {
          id: voice.id,
          object: 'audio.voice',
          name: voice.name,
          created: expect.any(Number),
          created_at: expect.any(Number),
          language: 'en',
          labels: {},
          tts_type: 'kyutai',
          embedding_url: `${contract.stack.baseUrl}${partner.route()}/${voice.id}/embedding?tts_type=kyutai`,
        },
      ],
    });
    expect((await list({ 'X-Api-Key': partner.key })).body).toEqual(body);
    const url = body.data[0]?.embedding_url.slice(contract.stack.baseUrl.length) ?? '';
    expect((await partner.http.fetch(url)).status).toBe(200);
    const other = await contract.partner();
    expect((await other.http.get('/v1/audio/voices')).body).toEqual({ object: 'list', data: [] });
  });

  it('returns 401 for a wrong token, and for a token on any other route', async () => {
    expect((await list({ Authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await nobody.get(partner.route(), { Authorization: `Bearer ${partner.key}` })).status).toBe(401);
  });
});
