import { describe, expect, it } from '@jest/globals';
import { PacketScan } from './packet-scan.js';

/** Lines as printed by ffprobe: time stamp, duration, size, position, flags. */
function scan(...lines: string[]): PacketScan {
  const scanned = new PacketScan();
  for (const line of lines) scanned.push(line);
  return scanned;
}

/** Bytes of the largest frame. */
const largest = 2881;

describe('PacketScan', () => {
  it('recognises contiguous packets', () => {
    const found = scan('0,1024,100,0,K_', '1024,1024,101,100,K_', '2048,1024,100,201,K__');
    expect(found).toMatchObject({ isContiguous: true, isConstant: true, headBytes: 0 });
    expect(found.damage(largest)).toEqual({ holes: [], sound: { bytes: 301, ticks: 3072 } });
    expect(found.endByte).toBe(301);
  });

  it('finds a gap in the time stamps', () => {
    expect(scan('0,1024,100,0,K_', '2048,1024,100,100,K_').isContiguous).toBe(false);
  });

  it('does not take the encoder delay at the start for an edit, but one in the middle', () => {
    expect(scan('-1024,1024,9,0,KD', '0,1024,9,9,K_', '1024,1024,9,18,K_').isContiguous).toBe(true);
    expect(scan('0,1024,9,0,K_', '1024,1024,9,9,KD', '2048,1024,9,18,K_').isContiguous).toBe(false);
    expect(scan('0,1024,9,0,K_', '1024,1024,9,9,KD').isContiguous).toBe(true);
  });

  it('finds bytes between packets', () => {
    expect(scan('0,1024,100,44,K_', '1024,1024,100,2144,K_').damage(largest).holes).toEqual([
      { fromByte: 0, bytes: 44, ticks: 0 },
      { fromByte: 144, bytes: 2000, ticks: 1024 },
    ]);
  });

  it('finds a packet that is far larger than the rest, which the parser made of damaged bytes', () => {
    const frames = Array.from({ length: 60 }, (_, at) => `${at * 1152},1152,417,${at * 417},K_`);
    const damaged = [...frames.slice(0, 40), `46080,1152,9000,16680,K_`];
    expect(scan(...damaged).damage(largest)).toEqual({
      holes: [{ fromByte: 16_680, bytes: 9000, ticks: 46_080 }],
      sound: { bytes: 16_680, ticks: 46_080 },
    });
  });

  it('takes large packets of a variable bit rate for frames, unless they exceed the largest frame', () => {
    const varying = ['0,1152,100,0,K_', '1152,1152,900,100,K_', '2304,1152,500,1000,K_', '3456,1152,8000,1500,K_'];
    expect(scan(...varying).damage(largest).holes).toEqual([{ fromByte: 1500, bytes: 8000, ticks: 3456 }]);
  });

  it('finds a change of bit rate or format', () => {
    expect(scan('0,1152,417,0,K_', '1152,1152,626,417,K_').isConstant).toBe(false);
    expect(scan('0,1152,417,0,K_', '1152,576,417,417,K_').isConstant).toBe(false);
  });

  it('ignores lines that do not describe a packet', () => {
    const { sound } = scan('', 'N/A,1024,100,0,K_', 'nonsense').damage(largest);
    expect(sound).toEqual({ bytes: 0, ticks: 0 });
  });
});
