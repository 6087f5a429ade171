import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RunLog } from './run-log.js';

const report = (decoded: number, time: number): string => `${decoded.toFixed(6)}\n${time.toFixed(6)}\n`;

function logOf(...texts: string[]): RunLog {
  const log = new RunLog();
  for (const text of texts) log.push(text);
  return log;
}

describe('RunLog', () => {
  it('reads a gap in the time stamps', () => {
    const log = logOf(report(0, 0), report(100, 130));
    expect(log.jumps).toEqual([{ atSeconds: 100, seconds: 30, followsErrors: false }]);
    expect(log.startSeconds).toBe(0);
  });

  it('counts each jump from the one before, and from where the time stamps begin', () => {
    const log = logOf(report(0, 600), report(10, 612), report(20, 621));
    expect(log.startSeconds).toBe(600);
    expect(log.jumps.map(({ atSeconds, seconds }) => [atSeconds, seconds])).toEqual([
      [10, 2],
      [20, -1],
    ]);
  });

  it('knows which jumps follow complaints of the decoder', () => {
    const log = logOf(report(0, 0), report(5, 7), '[flac @ 0x1] invalid residual\n', report(9, 12), report(10, 15));
    expect(log.jumps.map(({ followsErrors }) => followsErrors)).toEqual([false, true, false]);
  });

  it('goes on counting when ffmpeg builds its filters anew', () => {
    const log = logOf(report(0, 0), report(0, 8), report(2, 13));
    expect(log.jumps).toEqual([{ atSeconds: 10, seconds: 3, followsErrors: false }]);
  });

  it('reads the same whatever the pieces the text comes in', () => {
    const text = `${report(0, 0.025)}[aac] Error\n${report(3.5, 4)}Last words\n${report(9, 19.25)}`;
    const whole = logOf(text).jumps;
    expect(whole).toHaveLength(2);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 10 }), (cuts) => {
        const places = [0, ...[...cuts].sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((to, at) => text.slice(places[at], to));
        expect(logOf(...pieces).jumps).toEqual(whole);
      }),
    );
  });
});
