import { describe, expect, it } from '@jest/globals';
import { PacketScan } from './packet-scan.js';

/** Lines as ffprobe prints them: time stamp, length, size, place, flags. */
function scan(...lines: string[]): PacketScan {
  const scanned = new PacketScan();
  for (const line of lines) scanned.push(line);
  return scanned;
}

/** No frame is larger, in bytes. */
const largest = 2881;

describe('PacketScan', () => {
  it('finds packets one after the other contiguous', () => {
    const found = scan('0,1024,100,0,K_', '1024,1024,101,100,K_', '2048,1024,100,201,K__');
    expect(found).toMatchObject({ isContiguous: true, isConstant: true, headBytes: 0 });
    expect(found.damage(largest)).toEqual({ holes: [], sound: { bytes: 301, ticks: 3072 } });
    expect(found.endByte).toBe(301);
  });

  it('finds a gap in the time stamps', () => {
    expect(scan('0,1024,100,0,K_', '2048,1024,100,100,K_').isContiguous).toBe(false);
  });

  it('takes the delay of an encoder for no edit, and one in the middle for one', () => {
    expect(scan('-1024,1024,9,0,KD', '0,1024,9,9,K_', '1024,1024,9,18,K_').isContiguous).toBe(true);
    expect(scan('0,1024,9,0,K_', '1024,1024,9,9,KD', '2048,1024,9,18,K_').isContiguous).toBe(false);
    expect(scan('0,1024,9,0,K_', '1024,1024,9,9,KD').isContiguous).toBe(true);
  });

  it('finds bytes that no packet holds', () => {
    expect(scan('0,1024,100,44,K_', '1024,1024,100,2144,K_').damage(largest).holes).toEqual([
      { fromByte: 0, bytes: 44, ticks: 0 },
      { fromByte: 144, bytes: 2000, ticks: 1024 },
    ]);
  });

  it('finds a packet that is far larger than the rest, which the parser made of what it could not read', () => {
    const frames = Array.from({ length: 60 }, (_, at) => `${at * 1152},1152,417,${at * 417},K_`);
    const damaged = [...frames.slice(0, 40), `46080,1152,9000,16680,K_`];
    expect(scan(...damaged).damage(largest)).toEqual({
      holes: [{ fromByte: 16_680, bytes: 9000, ticks: 46_080 }],
      sound: { bytes: 16_680, ticks: 46_080 },
    });
  });

  it('takes large packets of a variable bit rate for frames, unless none can be as large', () => {
    const varying = ['0,1152,100,0,K_', '1152,1152,900,100,K_', '2304,1152,500,1000,K_', '3456,1152,8000,1500,K_'];
    expect(scan(...varying).damage(largest).holes).toEqual([{ fromByte: 1500, bytes: 8000, ticks: 3456 }]);
  });

  it('finds a bit rate or a format that changes', () => {
    expect(scan('0,1152,417,0,K_', '1152,1152,626,417,K_').isConstant).toBe(false);
    expect(scan('0,1152,417,0,K_', '1152,576,417,417,K_').isConstant).toBe(false);
  });

  it('passes over what is no packet', () => {
    const { sound } = scan('', 'N/A,1024,100,0,K_', 'nonsense').damage(largest);
    expect(sound).toEqual({ bytes: 0, ticks: 0 });
  });
});
