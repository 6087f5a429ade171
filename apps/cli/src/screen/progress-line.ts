import { bytesText, durationText } from './amounts.js';
import { columnsOf, onOneLine, shortened } from './plain-text.js';

/** How far something has come. `of` is undefined while its size is unknown. */
export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly of: number | undefined;
  /** Bytes are shown with their speed; everything else as `3 of 12 samples`, or without a unit. */
  readonly unit: 'bytes' | 'samples' | 'files' | 's' | '';
  readonly seconds: number;
}

const barColumns = 24;

function bar(done: number, of: number): string {
  const filled = Math.min(barColumns, Math.floor((done / of) * barColumns));
  return `[${'#'.repeat(filled)}${'-'.repeat(barColumns - filled)}]`;
}

function amount({ done, of, unit }: Progress): string {
  if (unit === 'bytes') return of === undefined ? bytesText(done) : `${bytesText(done)} of ${bytesText(of)}`;
  if (of === undefined || of === 0) return '';
  return `${done} of ${of} ${unit}`.trimEnd();
}

function speed({ done, of, unit, seconds }: Progress): string[] {
  if (unit !== 'bytes' || seconds < 1 || done === 0) return [];
  const perSecond = done / seconds;
  const left = of === undefined || done >= of ? [] : [`${durationText(Math.ceil((of - done) / perSecond))} left`];
  return [`${bytesText(Math.round(perSecond))}/s`, ...left];
}

/** Returns the line that a terminal shows while something is under way, no longer than the terminal is wide. */
export function progressLine(progress: Progress, columns: number): string {
  const { done, of } = progress;
  const share = of === undefined || of === 0 ? [] : [bar(done, of), `${Math.floor((done / of) * 100)} %`.padStart(5)];
  const behind = [...share, amount(progress), ...speed(progress)].filter((part) => part !== '').join('  ');
  const room = columns - 1 - columnsOf(behind) - 2;
  const what = onOneLine(progress.what);
  if (room < 8) return shortened(`${what}  ${behind}`, columns - 1);
  return `${shortened(what, room)}  ${behind}`.trimEnd();
}
