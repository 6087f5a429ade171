import { describe, expect, it } from '@jest/globals';
import { gapsIn, lostAudio, recordingTime, secondsOf } from './recording-time.js';

const jump = (atSeconds: number, seconds: number, followsErrors: boolean) => ({ atSeconds, seconds, followsErrors });

describe('lostAudio and gapsIn', () => {
  it('tell damage from a pause by the decoder’s complaints', () => {
    const jumps = [jump(5, 2, false), jump(8, 3, true)];
    expect(lostAudio(jumps, 'matroska,webm')).toEqual([{ atSeconds: 8, seconds: 3 }]);
    expect(gapsIn(jumps, 'matroska,webm')).toEqual([jump(5, 2, false)]);
  });

  it('take every jump for damage where time stamps count samples', () => {
    expect(lostAudio([jump(5, 2, false)], 'flac')).toEqual([{ atSeconds: 5, seconds: 2 }]);
    expect(gapsIn([jump(5, 2, false)], 'flac')).toEqual([]);
  });

  it('pass over rounding', () => {
    expect(lostAudio([jump(5, 0.012, true)], 'flac')).toEqual([]);
  });
});

describe('recordingTime', () => {
  const missing = [
    { atSeconds: 10, seconds: 5 },
    { atSeconds: 30, seconds: 2 },
  ];

  it.each([
    [0, 0],
    [9.9, 9.9],
    [10, 15],
    [29.9, 34.9],
    [30, 37],
    [100, 107],
  ])('of %d s of decoded audio is %d s', (decoded, expected) => {
    expect(recordingTime(decoded, missing)).toBeCloseTo(expected, 6);
  });

  it('is never before the recording, whatever the time stamps say', () => {
    expect(recordingTime(1, [{ atSeconds: 0, seconds: -50 }])).toBe(1);
    expect(secondsOf([{ atSeconds: 0, seconds: -50 }])).toBe(0);
  });
});
