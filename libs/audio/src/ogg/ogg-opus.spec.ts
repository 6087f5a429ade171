import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OggOpusReader } from './ogg-opus-reader.js';
import { OggOpusWriter } from './ogg-opus-writer.js';
import { oggCrc } from './ogg-crc.js';
import { encodePage } from './ogg-page.js';
import { encodeHead, encodeTags } from './opus-header.js';
import { durationOf } from './opus-packet.js';
import { pickOfForm } from '../../../../test/support/test-form.js';

/** Packets of one CELT frame of 2.5 to 20 ms, of any size that an encoder may produce. */
const anyPacket = fc
  .tuple(fc.constantFrom(16, 17, 18, 31), fc.uint8Array({ maxLength: 1275, size: 'max' }))
  .map(([config, body]) => Buffer.from([config << 3, ...body]));
const anyPackets = fc.array(anyPacket, { minLength: 1, maxLength: 120, size: 'max' });

const samplesOf = (packets: readonly Uint8Array[]) => packets.reduce((sum, packet) => sum + durationOf(packet), 0);

function write(packets: readonly Uint8Array[], preSkip = 0, total?: number): Buffer[] {
  const writer = new OggOpusWriter({ preSkip, serial: 0xfeedbeef });
  return [...writer.write(packets), ...writer.end(total)];
}

function read(bytes: Buffer, chunkBytes: number) {
  const reader = new OggOpusReader();
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    packets.push(...reader.push(bytes.subarray(at, at + chunkBytes)));
  return { packets, total: reader.end(), head: reader.head, tags: reader.tags };
}

/** A page with a part of one packet: its full segments, or its rest. */
function spreadPage(sequence: number, part: Buffer, last: boolean): Buffer {
  const lacing = Buffer.alloc(Math.floor(part.length / 255) + (last ? 1 : 0), 255);
  if (last) lacing[lacing.length - 1] = part.length % 255;
  const page = Buffer.concat([Buffer.alloc(27), lacing, part]);
  page.write('OggS', 'latin1');
  page.writeUInt8(last ? 1 : 0, 5);
  page.writeBigInt64LE(last ? 0n : -1n, 6);
  page.writeUInt32LE(0xfeedbeef, 14);
  page.writeUInt32LE(sequence, 18);
  page.writeUInt8(lacing.length, 26);
  page.writeUInt32LE(oggCrc(page), 22);
  return page;
}

const twentyMs = (count: number) => Array.from({ length: count }, (_, at) => Buffer.from([31 << 3, at & 255, 1, 2]));

describe('OggOpusWriter and OggOpusReader', () => {
  it('round-trip any packets, in chunks of any size', () => {
    const cases = fc.record({ packets: anyPackets, chunkBytes: fc.integer({ min: 1, max: 5000 }), trim: fc.nat(100) });
    fc.assert(
      fc.property(cases, ({ packets, chunkBytes, trim }) => {
        const total = Math.max(0, samplesOf(packets) - Math.min(trim, 119));
        const result = read(Buffer.concat(write(packets, 0, total)), chunkBytes);
        expect(Buffer.concat(result.packets).equals(Buffer.concat(packets))).toBe(true);
        expect(result.packets.map(({ length }) => length)).toEqual(packets.map(({ length }) => length));
        expect(result.total).toBe(total);
      }),
      { numRuns: pickOfForm(20, 50) },
    );
  });

  it('write the headers that players need', () => {
    const { head, tags, total } = read(Buffer.concat(write(twentyMs(10), 312)), 1000);
    expect(head).toEqual({ channels: 1, preSkip: 312 });
    expect(tags).toEqual({ vendor: 'Timbre', comments: [] });
    expect(total).toBe(10 * 960 - 312);
  });

  it('write about a second per page, never more than 255 segments', () => {
    expect(write(twentyMs(101))).toHaveLength(2 + 3);
    const large = Array.from({ length: 60 }, () => Buffer.concat([Buffer.from([31 << 3]), Buffer.alloc(1274)]));
    // Six segments each, so 42 packets fill a page.
    expect(write(large)).toHaveLength(2 + 2);
  });

  it('return pages as soon as they are full', () => {
    const writer = new OggOpusWriter({ preSkip: 0, serial: 1 });
    expect(writer.write(twentyMs(50))).toHaveLength(2);
    expect(writer.write(twentyMs(1))).toHaveLength(1);
    expect(writer.end()).toHaveLength(1);
  });

  it('reject a length that the packets cannot give', () => {
    expect(() => write(twentyMs(2), 0, 1921)).toThrow(RangeError);
    expect(() => write(twentyMs(100), 0, 47_999)).toThrow(RangeError);
    expect(() => write([])).toThrow(RangeError);
  });
});

describe('OggOpusReader rejects', () => {
  const good = Buffer.concat(write(twentyMs(120), 312));
  const readAll = (bytes: Buffer) => () => read(bytes, 4096);

  it('any byte that was changed', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ change;
        expect(readAll(bad)).toThrow(Error);
      }),
    );
  });

  it('a stream truncated anywhere', () => {
    fc.assert(fc.property(fc.nat(good.length - 1), (length) => expect(readAll(good.subarray(0, length))).toThrow()));
  });

  it('chained streams, and garbage before or after the stream', () => {
    expect(readAll(Buffer.concat([good, good]))).toThrow('continues after its end');
    expect(readAll(Buffer.concat([good, Buffer.from('x')]))).toThrow('continues after its end');
    expect(readAll(Buffer.concat([Buffer.from('x'), good]))).toThrow('Not an Ogg page');
  });

  it('a missing page, an interleaved stream, and a stream that is not Opus', () => {
    const pages = write(twentyMs(160));
    expect(readAll(Buffer.concat(pages.filter((_, at) => at !== 3)))).toThrow('Page 3 of the Ogg stream is missing');
    const other = encodePage({ serial: 9, sequence: 3, granule: 0, beginOfStream: false, endOfStream: false }, []);
    expect(readAll(Buffer.concat([...pages.slice(0, 3), other, ...pages.slice(3)]))).toThrow('More than one stream');
    const first = { serial: 1, sequence: 0, granule: 0, beginOfStream: true, endOfStream: false };
    expect(readAll(encodePage(first, [Buffer.from('\x01vorbis')]))).toThrow('Not an Opus stream');
  });

  it('granule positions with a gap', () => {
    const page = (sequence: number, granule: number, packet: Uint8Array) =>
      encodePage({ serial: 1, sequence, granule, beginOfStream: sequence === 0, endOfStream: sequence === 3 }, [
        packet,
      ]);
    const start = [
      page(0, 0, encodeHead({ channels: 1, preSkip: 0 })),
      page(1, 0, encodeTags({ vendor: 'v', comments: ['A=b'] })),
    ];
    const [packet = Buffer.alloc(0)] = twentyMs(1);
    expect(read(Buffer.concat([...start, page(2, 960, packet), page(3, 1900, packet)]), 99)).toMatchObject({
      total: 1900,
      tags: { vendor: 'v', comments: ['A=b'] },
    });
    expect(readAll(Buffer.concat([...start, page(2, 1000, packet)]))).toThrow('gap');
    expect(readAll(Buffer.concat([...start, page(2, 900, packet)]))).toThrow('gap');
    expect(readAll(Buffer.concat([...start, page(2, 960, packet), page(3, 2000, packet)]))).toThrow('gap');
  });
});

it('OggOpusReader reads a comment header that spans pages', () => {
  // The writer never splits a packet, so these pages are made by hand (RFC 3533 §5).
  const comment = `X=${'y'.repeat(70_000)}`;
  const tags = encodeTags({ vendor: 'v', comments: [comment] });
  const whole = write(twentyMs(1));
  const half = 255 * 255;
  const laid = [spreadPage(1, tags.subarray(0, half), false), spreadPage(2, tags.subarray(half), true)];
  const audio = encodePage(
    { serial: 0xfeedbeef, sequence: 3, granule: 960, beginOfStream: false, endOfStream: true },
    twentyMs(1),
  );
  const result = read(Buffer.concat([whole[0] ?? Buffer.alloc(0), ...laid, audio]), 1000);
  expect(result.tags?.comments).toEqual([comment]);
  expect(result.packets).toHaveLength(1);
});
