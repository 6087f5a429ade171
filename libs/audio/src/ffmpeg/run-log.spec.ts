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
  it('parses a gap in the time stamps', () => {
    const log = logOf(report(0, 0), report(100, 130));
    expect(log.jumps).toEqual([{ atSeconds: 100, seconds: 30, followsErrors: false }]);
    expect(log.startSeconds).toBe(0);
  });

  it('measures each jump from the one before, and from the first time stamp', () => {
    const log = logOf(report(0, 600), report(10, 612), report(20, 621));
    expect(log.startSeconds).toBe(600);
    expect(log.jumps.map(({ atSeconds, seconds }) => [atSeconds, seconds])).toEqual([
      [10, 2],
      [20, -1],
    ]);
  });

  it('does not take a message about a cover that is not decoded for an error', () => {
    const cover = `[png @ 0x1] Codec (png) not on whitelist '${'pcm_s16le,'.repeat(200)}'\n`;
    const log = logOf(cover, report(0, 0), cover.slice(0, 1500), cover.slice(1500), report(5, 7));
    expect(log.jumps).toEqual([{ atSeconds: 5, seconds: 2, followsErrors: false }]);
  });

  it('recognises jumps that follow errors of the decoder', () => {
    const log = logOf(report(0, 0), report(5, 7), '[flac @ 0x1] invalid residual\n', report(9, 12), report(10, 15));
    expect(log.jumps.map(({ followsErrors }) => followsErrors)).toEqual([false, true, false]);
  });

  it('recognises consecutive jumps that follow errors, although each report comes after the next error', () => {
    const complaint = '[amrnb @ 0x1] Corrupt bitstream\n';
    const log = logOf(report(0, 0), complaint, complaint, report(5, 5.02), report(5.02, 5.06), report(9, 12));
    expect(log.jumps.map(({ followsErrors }) => followsErrors)).toEqual([true, true, false]);
  });

  it('distinguishes a damaged start from a late start', () => {
    expect(logOf('[wavpack @ 0x1] Invalid block\n', report(0, 4)).lostStart).toEqual([
      { atSeconds: 0, seconds: 4, followsErrors: true },
    ]);
    expect(logOf(report(0, 4)).lostStart).toEqual([]);
    expect(logOf('[wavpack @ 0x1] Invalid block\n', report(0, 0)).lostStart).toEqual([]);
  });

  it('continues to count when ffmpeg rebuilds its filters', () => {
    const log = logOf(report(0, 0), report(0, 8), report(2, 13));
    expect(log.jumps).toEqual([{ atSeconds: 10, seconds: 3, followsErrors: false }]);
  });

  it('parses text in pieces of any size', () => {
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
