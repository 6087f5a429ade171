import { clock } from '../../texts/format.js';

/** Returns a place as a clock, with tenths of a second where less than two minutes are shown. */
export function placeClock(seconds: number, shownSeconds: number): string {
  if (shownSeconds >= 120) return clock(seconds);
  const tenths = Math.round(Math.max(0, seconds) * 10);
  return `${clock(Math.floor(tenths / 10))}.${tenths % 10}`;
}
