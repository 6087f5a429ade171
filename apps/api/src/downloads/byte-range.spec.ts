import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRange } from './byte-range.js';

const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } });

describe('parseRange', () => {
  it.each([
    ['bytes=0-9', part(0, 9)],
    ['bytes=90-', part(90, 99)],
    ['bytes=90-500', part(90, 99)],
    ['bytes=-10', part(90, 99)],
    ['bytes=-500', part(0, 99)],
    ['BYTES=99-99', part(99, 99)],
    ['bytes=100-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    [undefined, { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=9-0', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['items=0-1', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    ['bytes=99999999999999999999-', { kind: 'unsatisfiable' }],
  ])('%p of 100 bytes', (header, expected) => expect(parseRange(header, 100)).toEqual(expected));

  it('has nothing to give of an empty file', () => {
    expect(parseRange('bytes=0-', 0)).toEqual({ kind: 'unsatisfiable' });
    expect(parseRange('bytes=-5', 0)).toEqual({ kind: 'unsatisfiable' });
  });

  it('never gives bytes the file does not have', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.nat()), fc.option(fc.nat()), (bytes, first, last) => {
        const asked = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, bytes);
        if (asked.kind !== 'part') return;
        expect(asked.range.start).toBeGreaterThanOrEqual(0);
        expect(asked.range.end).toBeGreaterThanOrEqual(asked.range.start);
        expect(asked.range.end).toBeLessThan(bytes);
      }),
    );
  });
});
