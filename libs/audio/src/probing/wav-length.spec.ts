import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readContainerFacts } from './container-facts.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timbre-wav-'));
});
afterAll(() => rm(folder, { recursive: true }));

const bytesPerSecond = 16_000;

function chunk(id: string, body: Buffer, stated = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(stated, 4);
  return Buffer.concat([head, body]);
}

function format(tag = 1): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt32LE(bytesPerSecond, 8);
  return chunk('fmt ', body);
}

/** A WAV whose data chunk states one length and has another. */
async function wav(stated: number, held: number, more: { readonly tag?: number; readonly behind?: Buffer } = {}) {
  const { tag = 1, behind = Buffer.alloc(0) } = more;
  const data = chunk('data', Buffer.alloc(held * bytesPerSecond, 0xee), stated);
  const body = Buffer.concat([Buffer.from('WAVE'), chunk('LIST', Buffer.from('INFOx')), Buffer.alloc(1), format(tag)]);
  const path = join(folder, 'a.wav');
  await writeFile(path, chunk('RIFF', Buffer.concat([body, data, behind])));
  return (await readContainerFacts(path)).uncountedSeconds;
}

describe('uncountedWavSeconds', () => {
  it('counts samples past the length in the header', async () => {
    expect(await wav(3 * bytesPerSecond, 12)).toBe(12);
  });

  it.each([
    ['is right', 12 * bytesPerSecond, 12, {}],
    ['is more than there is', 75 * bytesPerSecond, 12, {}],
    ['is followed by other chunks', 12 * bytesPerSecond, 12, { behind: chunk('LIST', Buffer.alloc(26)) }],
    ['is followed by one without its padding', 12 * bytesPerSecond, 12, { behind: chunk('id3 ', Buffer.alloc(25)) }],
    ['means "to the end of the file"', 0xffffffff, 12, {}],
    ['is zero, from a writer that did not finish', 0, 12, {}],
    ['is that of compressed samples', 3 * bytesPerSecond, 12, { tag: 17 }],
  ])('returns undefined if the length %s', async (_, stated, held, more) => {
    expect(await wav(stated, held, more)).toBeUndefined();
  });

  it('returns undefined for other files', async () => {
    const path = join(folder, 'other');
    for (const content of ['', 'RIFF', 'RIFF____AVI LIST', 'ID3 and so on', 'RIFF____WAVE']) {
      await writeFile(path, content);
      expect((await readContainerFacts(path)).uncountedSeconds).toBeUndefined();
    }
  });
});
