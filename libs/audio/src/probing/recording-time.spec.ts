import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodedTime, gapsIn, lostAudio, recordingTime, secondsOf } from './recording-time.js';

const jump = (atSeconds: number, seconds: number, followsErrors: boolean) => ({ atSeconds, seconds, followsErrors });

describe('lostAudio and gapsIn', () => {
  it('distinguish damage from a pause by the errors of the decoder', () => {
    const jumps = [jump(5, 2, false), jump(8, 3, true)];
    expect(lostAudio(jumps, 'matroska,webm')).toEqual([{ atSeconds: 8, seconds: 3 }]);
    expect(gapsIn(jumps, 'matroska,webm')).toEqual([jump(5, 2, false)]);
  });

  it('take every jump for damage if time stamps count samples', () => {
    expect(lostAudio([jump(5, 2, false)], 'flac')).toEqual([{ atSeconds: 5, seconds: 2 }]);
    expect(gapsIn([jump(5, 2, false)], 'flac')).toEqual([]);
  });

  it('take time stamps that restart for a second recording', () => {
    const jumps = [jump(5, 2, true), jump(20, -22, true), jump(30, 1, true)];
    expect(lostAudio(jumps, 'mpegts').map(({ seconds }) => seconds)).toEqual([2, -2, 1]);
  });

  it('ignore rounding', () => {
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

  it('goes back where damage was decoded to extra audio, but never before 0', () => {
    const tooMuch = [{ atSeconds: 10, seconds: -2 }];
    expect(recordingTime(15, tooMuch)).toBe(13);
    expect(secondsOf(tooMuch)).toBe(-2);
    expect(recordingTime(10, [{ atSeconds: 10, seconds: -50 }])).toBe(0);
  });
});

describe('decodedTime', () => {
  const missing = (seconds: fc.Arbitrary<number>) =>
    fc.array(fc.record({ atSeconds: fc.double({ min: 0, max: 100, noNaN: true }), seconds }), { maxLength: 4 });
  const positions = fc.double({ min: 0, max: 200, noNaN: true });

  it('is the inverse of recordingTime where audio is missing', () => {
    const lost = fc.double({ min: 0.015, max: 50, noNaN: true });
    fc.assert(
      fc.property(positions, missing(lost), (seconds, gaps) => {
        expect(decodedTime(recordingTime(seconds, gaps), gaps)).toBeCloseTo(seconds, 2);
      }),
    );
  });

  it('is a position with the same time where damage was decoded to extra audio', () => {
    const any = fc.double({ min: -20, max: 50, noNaN: true });
    fc.assert(
      fc.property(positions, missing(any), (seconds, gaps) => {
        const time = recordingTime(seconds, gaps);
        fc.pre(time > 0);
        expect(recordingTime(decodedTime(time, gaps), gaps)).toBeCloseTo(time, 2);
      }),
    );
  });
});
