import type { Schema } from '#libs/client';
import { spanOf, type View } from './view.js';

type Speech = Schema<'Waveform'>['speech'];

/**
 * Returns the stretches of speech in a view. Pauses that are too short to be seen are filled, so that hours of speech are few
 * stretches.
 *
 * @param seen the shortest pause that can be seen, in seconds
 */
export function speechIn(speech: Speech, view: View, seen: number): Speech {
  const shown: [number, number][] = [];
  for (const [from = 0, to = 0] of speech) {
    if (to < view.from) continue;
    if (from > view.to) break;
    const last = shown.at(-1);
    if (last && from - last[1] < seen) last[1] = to;
    else shown.push([from, to]);
  }
  return shown;
}

/** Returns stretches as the path of an SVG that is as wide as the view and 1 high. */
export const speechPath = (speech: Speech, view: View): string =>
  speech.map(([from = 0, to = 0]) => `M${part(view, from)} 0H${part(view, to)}V1H${part(view, from)}Z`).join('');

const part = (view: View, seconds: number): string => ((seconds - view.from) / spanOf(view)).toFixed(5);
