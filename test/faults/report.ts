import type { RowResult } from './run-faults.js';

const recovery = ({ worstRecoveryMs }: RowResult): string =>
  worstRecoveryMs === null ? '' : `${(worstRecoveryMs / 1000).toFixed(1)} s`;

/** A Markdown table, as docs/reliability.md shows it. */
export function table(results: readonly RowResult[], short: boolean): string {
  const head = ['fault', 'passes when', 'rounds', 'passed', 'worst recovery'];
  const rows = results.map((row) => [
    short && row.fault.inShort !== undefined ? `${row.fault.fault} (here ${row.fault.inShort})` : row.fault.fault,
    row.fault.passesWhen,
    String(row.rounds),
    String(row.passed),
    recovery(row),
  ]);
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |`;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ].join('\n');
}

/** Figures that rounds noted, a line each. */
export function notes(results: readonly RowResult[]): string {
  return results.flatMap((row) => row.notes.map((note) => `${row.fault.name}: ${note}`)).join('\n');
}
