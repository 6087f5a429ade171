import type { Fault } from './fault.js';
import type { RoundRecord } from './round-record.js';

/** What became of one row. */
export interface RowResult {
  readonly fault: Fault;
  readonly records: readonly RoundRecord[];
  readonly passed: number;
  readonly worstRecoveryMs: number | null;
}

/** Rows that were run, in the order of `faults`. */
export function rowsOf(faults: readonly Fault[], records: readonly RoundRecord[]): RowResult[] {
  const rows = faults.map((fault) =>
    rowOf(
      fault,
      records.filter((record) => record.fault === fault.name),
    ),
  );
  return rows.filter((row) => row.records.length > 0);
}

function rowOf(fault: Fault, records: readonly RoundRecord[]): RowResult {
  const recoveries = records.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  const passed = records.filter(({ failure }) => failure === undefined).length;
  return { fault, records, passed, worstRecoveryMs: recoveries.length > 0 ? Math.max(...recoveries) : null };
}

const recovery = ({ worstRecoveryMs }: RowResult): string =>
  worstRecoveryMs === null ? '' : `${(worstRecoveryMs / 1000).toFixed(1)} s`;

/** The days rounds of a row were run on. */
const days = ({ records }: RowResult): string =>
  [...new Set(records.map(({ endedAt }) => endedAt.slice(0, 10)))].sort().join(', ');

/** A Markdown table, as docs/reliability.md shows it. */
export function table(rows: readonly RowResult[], short: boolean): string {
  const head = ['fault', 'passes when', 'rounds', 'passed', 'worst recovery', 'day'];
  const lines = rows.map((row) => [
    short && row.fault.inShort !== undefined ? `${row.fault.fault} (here ${row.fault.inShort})` : row.fault.fault,
    row.fault.passesWhen,
    String(row.records.length),
    String(row.passed),
    recovery(row),
    days(row),
  ]);
  const widths = head.map((cell, at) => Math.max(cell.length, ...lines.map((line) => line[at]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |`;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...lines.map((cells) => line(cells)),
  ].join('\n');
}

/** Figures that rounds noted, a line each, the same ones once. */
export function notes(rows: readonly RowResult[]): string {
  const lines = rows.flatMap(({ fault, records }) =>
    records.flatMap(({ note }) => (note === undefined ? [] : `${fault.name}: ${note}`)),
  );
  return [...new Set(lines)].join('\n');
}

/** What became of one round, for who waits for the rest. */
export function progress({ fault, round, seconds, recoveryMs, failure, load }: RoundRecord): string {
  if (failure !== undefined) return `FAILED ${fault}, round ${round} (load ${load}): ${failure}`;
  const recovered = recoveryMs === undefined ? '' : `, recovery ${recoveryMs} ms`;
  return `passed ${fault}, round ${round} in ${seconds} s${recovered}`;
}
