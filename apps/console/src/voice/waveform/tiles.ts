import type { Schema } from '#libs/client';
import { spanOf, type View } from './view.js';

/**
 * A part of a recording whose levels are asked for at once. Level 0 is the whole recording, each level halves the one
 * before. Tiles are cached, so that zooming and moving draw at once from what is known and become sharp as tiles arrive.
 */
export interface Tile {
  readonly level: number;
  readonly number: number;
}

/** Points of one request. */
export const tilePoints = 2000;

/** Levels are measured every 20 ms: a tile need not have more points than that. */
const measuredEvery = 0.02;

export const tileView = ({ level, number }: Tile, duration: number): View => {
  const span = duration / 2 ** level;
  return { from: number * span, to: (number + 1) * span };
};

export const tileName = ({ level, number }: Tile): string => `${level}/${number}`;

export const wholeTile: Tile = { level: 0, number: 0 };

/** Returns the lowest level that has a point for each of so many bars of a view. */
export function levelFor(span: number, bars: number, duration: number): number {
  const finest = Math.max(0, Math.floor(Math.log2(duration / (tilePoints * measuredEvery))) + 1);
  const wanted = Math.ceil(Math.log2((bars * duration) / (tilePoints * span)));
  return Math.min(finest, Math.max(0, wanted));
}

/** Returns the tiles that a view needs: one to three. */
export function tilesFor(view: View, bars: number, duration: number): readonly Tile[] {
  const level = levelFor(spanOf(view), bars, duration);
  const count = 2 ** level;
  const first = Math.min(count - 1, Math.max(0, Math.floor((view.from / duration) * count)));
  const last = Math.min(count - 1, Math.max(first, Math.ceil((view.to / duration) * count) - 1));
  return Array.from({ length: last - first + 1 }, (_, index) => ({ level, number: first + index }));
}

/** A tile that has arrived. */
export interface LoadedTile {
  readonly tile: Tile;
  readonly points: Schema<'Waveform'>['points'];
}

const amplitude = (dbfs: number): number => 10 ** (dbfs / 20);

/** Returns the loudest peak of points, from 0 to 1. Waveforms are drawn relative to that of the whole recording. */
export const loudestOf = (points: Schema<'Waveform'>['points']): number =>
  amplitude(points.reduce((loudest, [peak = -127.5]) => Math.max(loudest, peak), -127.5));

/**
 * Returns the heights of the bars of a view: the largest peak of each, from 0 to 1 of `loudest`. The sharpest tile that has
 * a bar gives it.
 */
export function barsOf(
  view: View,
  count: number,
  tiles: readonly LoadedTile[],
  { duration, loudest }: { readonly duration: number; readonly loudest: number },
): number[] {
  const sharpestFirst = [...tiles].sort((a, b) => b.tile.level - a.tile.level);
  const width = spanOf(view) / count;
  return Array.from({ length: count }, (_, index) => {
    const from = view.from + index * width;
    const peak = peakOf(sharpestFirst, from, from + width, duration);
    return peak === undefined ? 0 : Math.min(1, amplitude(peak) / Math.max(loudest, 1e-4));
  });
}

function peakOf(tiles: readonly LoadedTile[], from: number, to: number, duration: number): number | undefined {
  const middle = (from + to) / 2;
  const found = tiles.find(({ tile }) => {
    const view = tileView(tile, duration);
    return middle >= view.from && middle < view.to;
  });
  if (!found) return undefined;
  const { points, tile } = found;
  const view = tileView(tile, duration);
  const size = spanOf(view) / points.length;
  const first = Math.max(0, Math.floor((from - view.from) / size));
  const last = Math.min(points.length - 1, Math.max(first, Math.ceil((to - view.from) / size) - 1));
  let peak = -127.5;
  for (let point = first; point <= last; point += 1) peak = Math.max(peak, points[point]?.[0] ?? -127.5);
  return peak;
}
