import { describe, expect, it } from '@jest/globals';
import { speechIn, speechPath } from './speech-shape.js';

const speech = [
  [0, 4],
  [4.5, 10],
  [20, 30],
];

describe('speechIn', () => {
  it('returns what the view shows of speech', () => {
    expect(speechIn(speech, { from: 5, to: 15 }, 0.1)).toEqual([[4.5, 10]]);
    expect(speechIn(speech, { from: 12, to: 15 }, 0.1)).toEqual([]);
  });

  it('fills pauses that cannot be seen', () => {
    expect(speechIn(speech, { from: 0, to: 30 }, 1)).toEqual([
      [0, 10],
      [20, 30],
    ]);
    expect(speech[0]).toEqual([0, 4]);
  });
});

describe('speechPath', () => {
  it('draws parts of the view', () => {
    expect(speechPath([[5, 10]], { from: 0, to: 20 })).toBe('M0.25000 0H0.50000V1H0.25000Z');
    expect(speechPath([], { from: 0, to: 20 })).toBe('');
  });
});
