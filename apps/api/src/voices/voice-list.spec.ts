import { describe, expect, it } from '@jest/globals';
import type { VoiceSummary } from '#libs/voices';
import { pageRows, voiceListJson, type ReadPage } from './voice-list.js';

const voice = (number: number): VoiceSummary => ({
  name: `voice-${String(number).padStart(5, '0')}`,
  has_original: false,
  sample_count: 0,
  splitting_status: 'idle',
  embedding_status: 'idle',
  creator_name: null,
  creator_email: 'a@example.com',
});

async function listOf(count: number): Promise<{ names: string[]; pages: number }> {
  const all = Array.from({ length: count }, (_, at) => voice(at));
  let pages = 0;
  const readPage: ReadPage = async ({ after, limit }) => {
    pages += 1;
    return all.filter(({ name }) => after === null || name > after).slice(0, limit);
  };
  let json = '';
  for await (const text of voiceListJson(await readPage({ after: null, limit: pageRows }), readPage)) json += text;
  return { names: (JSON.parse(json) as VoiceSummary[]).map(({ name }) => name), pages };
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
