import { describe, expect, it } from '@jest/globals';
import { barsOf, levelFor, loudestOf, tilesFor, tileView, tilePoints, wholeTile, type LoadedTile } from './tiles.js';
import { spanOf, wholeView } from './view.js';

const hours = 14_400;

describe('levelFor', () => {
  it('takes the whole recording while its points suffice', () => {
    expect(levelFor(hours, 800, hours)).toBe(0);
    expect(levelFor(hours / 2, 800, hours)).toBe(0);
    expect(levelFor(hours / 4, 800, hours)).toBe(1);
  });

  it('has a point for each bar of every view', () => {
    for (let span = hours; span > 40; span /= 1.7) {
      const pointsPerSecond = (tilePoints * 2 ** levelFor(span, 800, hours)) / hours;
      expect(pointsPerSecond * span).toBeGreaterThanOrEqual(800);
    }
  });

  it('is no finer than what was measured', () => {
    expect(levelFor(2, 2000, hours)).toBe(9);
    expect(hours / 2 ** 9 / tilePoints).toBeLessThan(0.02);
    expect(levelFor(2, 2000, 75)).toBe(1);
    expect(levelFor(2, 800, 5)).toBe(0);
  });
});

describe('tilesFor', () => {
  it('covers the view with a few tiles', () => {
    for (const from of [0, 3600, 7195, 14_370]) {
      for (const span of [2, 30, 600, 5000]) {
        const view = { from: Math.min(from, hours - span), to: Math.min(from, hours - span) + span };
        const tiles = tilesFor(view, 900, hours);
        expect(tiles.length).toBeLessThanOrEqual(3);
        expect(tileView(tiles[0] ?? wholeTile, hours).from).toBeLessThanOrEqual(view.from);
        expect(tileView(tiles.at(-1) ?? wholeTile, hours).to).toBeGreaterThanOrEqual(view.to - 1e-6);
      }
    }
  });
});

describe('barsOf', () => {
  const tile = (level: number, number: number, ...peaks: number[]): LoadedTile => ({
    tile: { level, number },
    points: peaks.map((peak) => [peak, peak - 6]),
  });
  const options = { duration: 8, loudest: 1 };

  it('takes the largest peak of each bar', () => {
    expect(barsOf(wholeView(8), 2, [tile(0, 0, -20, 0, -40, -20)], options)).toEqual([1, expect.closeTo(0.1)]);
  });

  it('has no steps where a view has more bars than points', () => {
    const bars = barsOf({ from: 0, to: 4 }, 4, [tile(0, 0, 0, -20, 0, 0)], options);
    expect(bars.map((bar) => bar.toFixed(3))).toEqual(['1.000', '0.775', '0.325', '0.325']);
  });

  it('prefers the sharpest tile that has arrived', () => {
    const tiles = [tile(0, 0, -20, -20), tile(1, 1, 0, 0, 0, 0)];
    expect(barsOf(wholeView(8), 2, tiles, options)).toEqual([expect.closeTo(0.1), 1]);
  });

  it('is flat where nothing is known yet', () => {
    expect(barsOf(wholeView(8), 2, [], options)).toEqual([0, 0]);
  });

  it('draws relative to the loudest peak', () => {
    const quiet = tile(0, 0, -20, -40);
    expect(loudestOf(quiet.points)).toBeCloseTo(0.1);
    expect(barsOf(wholeView(8), 2, [quiet], { duration: 8, loudest: 0.1 })).toEqual([1, expect.closeTo(0.1)]);
    expect(spanOf(tileView(wholeTile, 8))).toBe(8);
  });
});
