import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { AudioTools } from '#libs/audio';
import type { Row } from './bench-case.js';
import { median, spread } from './measure.js';

/** The machine on which the figures were measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly node: string;
  readonly ffmpeg: string;
  readonly kernel: string;
}

export function describeMachine(tools: AudioTools): Machine {
  return {
    cpu: /model name\s*:\s*(.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGigabytes: Math.round(os.totalmem() / 1e9),
    node: process.version,
    ffmpeg: `${tools.ffmpeg.version} (${tools.ffmpeg.origin})`,
    kernel: `${os.type()} ${os.release()}`,
  };
}

/** The result of a run. */
export interface Report {
  readonly machine: Machine;
  readonly results: readonly {
    readonly case: string;
    /** The time when the case ended. */
    readonly date: string;
    readonly rows: readonly Row[];
    /** Load average over a minute at the start and at the end of the case. Includes other load on the machine. */
    readonly load: readonly [number, number];
  }[];
}

/** Returns the figure that the target limits: the ratio to the reference, or Timbre's figure itself. */
export function figureOf(row: Row): number {
  const ours = median(row.ours.values);
  return row.reference === undefined ? ours : ours / median(row.reference.values);
}

export function isReached(row: Row): boolean {
  const figure = figureOf(row);
  return row.target.at === 'most' ? figure <= row.target.value : figure >= row.target.value;
}

const number = (value: number): string => String(Number(value.toPrecision(3)));
const plain = (value: number): string => (value >= 1000 ? value.toFixed(0) : number(value));
const percent = (value: number): string => `±${(value * 100).toFixed(0)} %`;

/** Returns the result of a case on one line. */
export const summary = (rows: readonly Row[]): string => rows.map((row) => number(figureOf(row))).join(', ');

const columns = ['case', 'unit', 'ours', 'reference', 'ratio', 'target', 'reached', 'load', 'seen'] as const;

/** Returns a table with medians and their spread, the ratio and the target. */
export function table({ results }: Report): string {
  const lines = results.flatMap(({ rows, load, date }) =>
    rows.map((row) => [
      row.name,
      row.unit,
      cell(row.ours),
      row.reference === undefined ? 'none' : cell(row.reference),
      row.reference === undefined ? '' : number(figureOf(row)),
      `${row.target.at === 'most' ? '≤' : '≥'} ${plain(row.target.value)}`,
      isReached(row) ? 'yes' : '**no**',
      load.map((value) => value.toFixed(1)).join(' to '),
      `${date.slice(0, 16)}Z`,
    ]),
  );
  return [columns, columns.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

const cell = (series: Row['ours']): string => {
  const middle = plain(median(series.values));
  return series.values.length === 1 ? middle : `${middle} ${percent(spread(series))}`;
};

/** Returns what was compared in each row, with the notes. */
export function notes({ results }: Report): string {
  const lines = results.flatMap(({ rows }) =>
    rows.map((row) => {
      const against = row.reference === undefined ? '' : ` against ${row.reference.name}`;
      const head = `**${row.name}**: ${row.ours.name}${against}; ${row.ours.values.length} measured.`;
      return [head, ...(row.notes ?? [])].join('\n\n');
    }),
  );
  return lines.join('\n\n');
}

export const isSameMachine = (one: Report, other: Report): boolean =>
  JSON.stringify(one.machine) === JSON.stringify(other.machine);

export function machineLine({ machine }: Pick<Report, 'machine'>): string {
  return (
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.kernel}, Node ${machine.node}, ` +
    `ffmpeg ${machine.ffmpeg}.`
  );
}
