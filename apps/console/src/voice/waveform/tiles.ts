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
    const height = heightOf(sharpestFirst, from, from + width, duration);
    return Math.min(1, height / Math.max(loudest, 1e-4));
  });
}

function heightOf(tiles: readonly LoadedTile[], from: number, to: number, duration: number): number {
  const middle = (from + to) / 2;
  const found = tiles.find(({ tile }) => {
    const view = tileView(tile, duration);
    return middle >= view.from && middle < view.to;
  });
  if (!found) return 0;
  const { points, tile } = found;
  const view = tileView(tile, duration);
  const size = spanOf(view) / points.length;
  const at = (point: number): number =>
    amplitude(points[Math.min(points.length - 1, Math.max(0, point))]?.[0] ?? -127.5);
  if (size > to - from) return between(at, (middle - view.from) / size - 0.5);
  const first = Math.floor((from - view.from) / size);
  const last = Math.max(first, Math.ceil((to - view.from) / size) - 1);
  let height = 0;
  for (let point = first; point <= last; point += 1) height = Math.max(height, at(point));
  return height;
}

/** Returns what lies between two points, so that a picture with more bars than points has no steps. */
function between(at: (point: number) => number, place: number): number {
  const before = Math.floor(place);
  return at(before) + (at(before + 1) - at(before)) * (place - before);
}
