import { describe, expect, it } from '@jest/globals';
import type { ListedVoice } from '#libs/voices';
import { pageRows, voiceListJson, type ReadPage } from './voice-list.js';

const nameOf = (number: number): string => `voice-${String(number).padStart(5, '0')}`;

const voice = (number: number): ListedVoice => ({
  place: nameOf(number),
  id: '0d6f4b9e-3c55-4d0c-9d43-7a3f0e6c2b18',
  name: nameOf(number),
  hasOriginal: false,
  originalDurationSeconds: null,
  sampleCount: 0,
  splittingStatus: 'idle',
  embeddingStatus: 'idle',
  preferredSampleIndex: null,
  language: 'en',
  labels: [],
  creatorName: null,
  creatorEmail: 'a@example.com',
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

async function listOf(count: number): Promise<{ names: string[]; pages: number }> {
  const all = Array.from({ length: count }, (_, at) => voice(at));
  let pages = 0;
  const readPage: ReadPage<ListedVoice> = async ({ after, limit }) => {
    pages += 1;
    return all.filter(({ name }) => after === null || name > after).slice(0, limit);
  };
  let json = '';
  for await (const text of voiceListJson(await readPage({ after: null, limit: pageRows }), readPage, ({ name }) => ({
    name,
  })))
    json += text;
  return { names: (JSON.parse(json) as ListedVoice[]).map(({ name }) => name), pages };
}

describe('voiceListJson', () => {
  it.each([
    [0, 1],
    [1, 1],
    [pageRows - 1, 1],
    [pageRows, 2],
    [pageRows + 1, 2],
    [3 * pageRows, 4],
  ])('lists %i voices once each, in %i short reads', async (count, reads) => {
    const { names, pages } = await listOf(count);
    expect(names).toEqual(Array.from({ length: count }, (_, at) => voice(at).name));
    expect(pages).toBe(reads);
  });
});
