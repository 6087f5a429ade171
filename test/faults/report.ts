import type { Fault } from './fault.js';
import type { RoundRecord } from './round-record.js';

/** The result of one row. */
export interface RowResult {
  readonly fault: Fault;
  readonly records: readonly RoundRecord[];
  readonly passed: number;
  readonly worstRecoveryMs: number | null;
}

/** Returns the rows that ran, in the order of `faults`. */
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

/** Returns the days on which rounds of a row ran. */
const days = ({ records }: RowResult): string =>
  [...new Set(records.map(({ endedAt }) => endedAt.slice(0, 10)))].sort().join(', ');

/** Returns the Markdown table of docs/reliability.md. */
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

/** Returns the notes of rounds, one per line, without duplicates. */
export function notes(rows: readonly RowResult[]): string {
  const lines = rows.flatMap(({ fault, records }) =>
    records.flatMap(({ note }) => (note === undefined ? [] : `${fault.name}: ${note}`)),
  );
  return [...new Set(lines)].join('\n');
}

/** Returns the line that is printed when a round ends. */
export function progress({ fault, round, seconds, recoveryMs, failure, load }: RoundRecord): string {
  if (failure !== undefined) return `FAILED ${fault}, round ${round} (load ${load}): ${failure}`;
  const recovered = recoveryMs === undefined ? '' : `, recovery ${recoveryMs} ms`;
  return `passed ${fault}, round ${round} in ${seconds} s${recovered}`;
}
