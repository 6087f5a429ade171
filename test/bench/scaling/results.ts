import { machineLine, type Machine } from '../report.js';
import { median } from '../measure.js';

/** Measurements with one number of processes. */
export interface Point {
  readonly processes: number;
  /** One value per round. */
  readonly values: readonly number[];
  /** Share of all cores in use, one value per round. */
  readonly machine: readonly number[];
}

/** A rate by the number of processes. */
export interface Curve {
  readonly name: string;
  readonly unit: string;
  readonly per: 'workers' | 'APIs';
  readonly points: readonly Point[];
  /** The rates of the same machine without Timbre. */
  readonly reference?: { readonly name: string; readonly points: readonly Point[] };
}

/** A figure for capacity planning. */
export interface Cost {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly how: string;
}

export interface Results {
  readonly machine: Machine;
  readonly date: string;
  /** Load average over a minute at the start and at the end of the run. */
  readonly load: readonly [number, number];
  readonly tookSeconds: number;
  readonly curves: readonly Curve[];
  readonly costs: readonly Cost[];
}

const plain = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(rowOf).join('\n');
}

/** Returns the lowest and the highest value in brackets, if there are several rounds. */
const range = (values: readonly number[]): string =>
  values.length < 2 ? '' : ` (${plain(Math.min(...values))} to ${plain(Math.max(...values))})`;

function curveRows({ name, unit, per, points, reference }: Curve): readonly (readonly string[])[] {
  const first = median(points[0]?.values ?? []);
  return points.map(({ processes, values, machine }, at) => {
    const beside = reference?.points[at];
    return [
      `${name}, ${unit}`,
      `${processes} ${processes === 1 ? per.slice(0, -1) : per}`,
      `${plain(median(values))}${range(values)}`,
      `x ${plain(median(values) / first)}`,
      percent(median(machine)),
      beside === undefined ? '' : `${plain(median(beside.values))}${range(beside.values)}`,
    ];
  });
}

/** Returns the tables of docs/scaling.md: medians, with the lowest and the highest value in brackets. */
export function tables(results: Results): string {
  const { curves, costs, date, load, tookSeconds } = results;
  const seen =
    `Seen ${date.slice(0, 16)}Z on ${machineLine(results)} The run took ${tookSeconds.toFixed(0)} s; ` +
    `load average ${load.map((value) => value.toFixed(1)).join(' when it began, ')} when it ended.`;
  const rates = tableOf(
    ['load', 'processes', 'rate', 'against the first', 'cores in use', 'without Timbre'],
    curves.flatMap(curveRows),
  );
  const references = curves.flatMap(({ name, reference }) =>
    reference === undefined ? [] : [`Without Timbre, of ${name}: ${reference.name}.`],
  );
  const planned = tableOf(
    ['what', 'seen', 'unit', 'how'],
    costs.map(({ what, value, unit, how }) => [what, plain(value), unit, how]),
  );
  const picture = `![${curves.map(({ name }) => name).join('; ')}](scaling.svg)`;
  return [picture, seen, rates, ...references, planned].join('\n\n');
}
