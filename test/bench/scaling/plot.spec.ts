import { describe, expect, it } from '@jest/globals';
import { plot, roundUp } from './plot.js';
import type { Point, Results } from './results.js';

const point = (processes: number, ...values: number[]): Point => ({ processes, values, machine: values.map(() => 1) });

const results: Results = {
  machine: { cpu: 'Tester <1>', cores: 2, memoryGigabytes: 1, node: 'v20', ffmpeg: '5', kernel: 'Linux' },
  date: '2026-11-26T17:00:00.000Z',
  load: [0, 0],
  tookSeconds: 1,
  curves: [
    {
      name: 'splits, one ffmpeg a worker',
      unit: 'a minute',
      per: 'workers',
      points: [point(1, 90, 110), point(2, 200)],
      reference: { name: 'bare', points: [point(1, 120), point(2, 240)] },
    },
    { name: 'requests', unit: 'a second', per: 'APIs', points: [point(1, 320), point(2, 330)] },
  ],
  costs: [],
};

/** Returns the heights of the circles of a colour, in their order. */
const heights = (svg: string, color: string): number[] =>
  [...svg.matchAll(new RegExp(`cy="([\\d.]+)" r="4" fill="${color}"`, 'g'))].map(([, y]) => Number(y));

describe('plot', () => {
  const svg = plot(results);

  it('labels axes, units, medians, machine and day', () => {
    const said = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(said).toEqual(expect.arrayContaining(['a minute', 'workers', 'a second', 'APIs', '100', '200', '320']));
    expect(svg).toContain('Tester &lt;1>, 2 cores, 2026-11-26');
  });

  it('puts higher rates higher, and a reference on the same scale', () => {
    const [one = NaN, two = NaN] = heights(svg, '#0969da');
    const [bareOne = NaN, bareTwo = NaN] = heights(svg, '#9a6700');
    expect(two).toBeLessThan(one);
    expect(bareOne).toBeLessThan(one);
    expect(bareTwo).toBeLessThan(two);
    expect((one - two) / (bareOne - bareTwo)).toBeCloseTo(100 / 120, 1);
  });
});

describe('roundUp', () => {
  it('rounds up to 1, 2 or 5 times a power of ten', () => {
    expect([0.03, 1, 1.1, 30, 51, 100].map(roundUp)).toEqual([0.05, 1, 2, 50, 100, 100]);
  });
});
