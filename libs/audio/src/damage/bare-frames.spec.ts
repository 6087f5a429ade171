import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { missingFrames } from './bare-frames.js';
import { secondsOf } from '../probing/recording-time.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frames-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function missingIn(formatName: string, ...parts: readonly Uint8Array[]): ReturnType<typeof missingFrames> {
  const file = join(folder, formatName);
  await writeFile(file, Buffer.concat(parts));
  return missingFrames(file, formatName);
}

const frameBytes = 200;

/** Frames of 1,024 samples at 16 kHz, 64 ms each. */
function adtsFrames(count: number): Buffer {
  const frame = Buffer.alloc(frameBytes, 0x55);
  frame.set([
    0xff,
    0xf1,
    (1 << 6) | (8 << 2),
    (1 << 6) | (frameBytes >> 11),
    frameBytes >> 3,
    (frameBytes & 7) << 5,
    0,
  ]);
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

/** Frames at 12.2 kbit/s. */
const amrFrames = (count: number): Buffer =>
  Buffer.from(Array.from({ length: 32 * count }, (_, at) => (at % 32 === 0 ? 0x3c : (at * at * 97) >> 3)));

const amrMagic = Buffer.from('#!AMR\n');

describe('missingFrames of ADTS', () => {
  it('finds nothing in whole frames with tags before, between and after them', async () => {
    const tags = [
      Buffer.from('ID3\x04\0\0\0\0\x02\0'.padEnd(266, '\0')),
      Buffer.from('TAG'.padEnd(128, '\0')),
    ] as const;
    expect(await missingIn('aac', adtsFrames(50))).toEqual([]);
    expect(await missingIn('aac', tags[0], adtsFrames(50), tags[0], adtsFrames(50), tags[1])).toEqual([]);
  });

  it('reports bytes that are not frames, with the length of frames of that size', async () => {
    const missing = await missingIn('aac', adtsFrames(50), Buffer.alloc(20 * frameBytes), adtsFrames(50));
    expect(missing).toHaveLength(1);
    expect(missing[0]!.atSeconds).toBeCloseTo(49 * 0.064, 3); // the last frame may be damaged too
    expect(missing[0]!.seconds).toBeCloseTo(20 * 0.064, 2);
  });

  it('reports damage at the start and at the end', async () => {
    const missing = await missingIn('aac', Buffer.alloc(5 * frameBytes), adtsFrames(50), Buffer.alloc(10 * frameBytes));
    expect(missing.map(({ seconds }) => Math.round(seconds / 0.064))).toEqual([5, 10]);
  });

  it('reports the frames that a damaged length skips', async () => {
    const frames = adtsFrames(100);
    frames.writeUInt8(frames.readUInt8(40 * frameBytes + 4) ^ 0x80, 40 * frameBytes + 4); // 1,024 bytes more
    expect(secondsOf(await missingIn('aac', frames))).toBeCloseTo(6 * 0.064, 3);
  });
});

describe('missingFrames of AMR', () => {
  it('finds nothing in whole frames of any mode', async () => {
    const silence = Buffer.from([0x44, 1, 2, 3, 4, 5]);
    expect(await missingIn('amr', amrMagic, amrFrames(50), silence, Buffer.from([0x7c]), amrFrames(50))).toEqual([]);
    const wide = Buffer.concat([Buffer.from([0x44]), Buffer.alloc(60, 0xa7)]);
    expect(await missingIn('amr', Buffer.from('#!AMR-WB\n'), wide, wide, wide)).toEqual([]);
  });

  it('reports the length of the lost frames, minus what ffmpeg decodes instead', async () => {
    const damage = Buffer.alloc(100 * 32); // zeros are frames of 13 bytes each
    const missing = await missingIn('amr', amrMagic, amrFrames(50), damage, amrFrames(200));
    const expected = (100 - (100 * 32) / 13) * 0.02;
    expect(missing[0]!.seconds).toBeCloseTo(expected, 0); // some more frames until ffmpeg reads whole frames again
    expect(missing[0]!.seconds).toBeLessThan(expected + 0.04);
  });

  it('reports a negative length if a damaged mode turns one frame into several', async () => {
    const frames = amrFrames(100);
    frames.writeUInt8(0x04, 40 * 32); // 13 bytes instead of 32
    const missing = await missingIn('amr', amrMagic, frames);
    expect(missing).toHaveLength(1);
    expect(missing[0]!.atSeconds).toBeCloseTo(40 * 0.02, 1);
    expect(missing[0]!.seconds).toBeLessThanOrEqual(0);
  });
});
