import { describe, expect, it } from '@jest/globals';
import { PacketScan } from './packet-scan.js';

/** Lines as ffprobe prints them: time stamp, length, size, place, flags. */
function scan(...lines: string[]): PacketScan {
  const scanned = new PacketScan();
  for (const line of lines) scanned.push(line);
  return scanned;
}

describe('PacketScan', () => {
  it('finds packets one after the other contiguous', () => {
    const found = scan('0,1024,100,0,K_', '1024,1024,101,100,K_', '2048,1024,100,201,K__');
    expect(found).toMatchObject({ holes: [], isContiguous: true, isConstant: true, packetBytes: 301, ticks: 3072 });
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
    expect(scan('0,1024,100,44,K_', '1024,1024,100,2144,K_').holes).toEqual([
      { fromByte: 0, bytes: 44, ticks: 0 },
      { fromByte: 144, bytes: 2000, ticks: 1024 },
    ]);
  });

  it('finds a bit rate or a format that changes', () => {
    expect(scan('0,1152,417,0,K_', '1152,1152,626,417,K_').isConstant).toBe(false);
    expect(scan('0,1152,417,0,K_', '1152,576,417,417,K_').isConstant).toBe(false);
  });

  it('passes over what is no packet', () => {
    expect(scan('', 'N/A,1024,100,0,K_', 'nonsense').ticks).toBe(0);
  });
});
