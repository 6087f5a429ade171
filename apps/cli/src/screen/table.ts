import { columnsOf, onOneLine } from './plain-text.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | null | undefined;
  /** What programs read in its place, if people read something shorter: a time, a number of seconds. */
  readonly exact?: (row: Row) => string | number | null | undefined;
  /** Numbers are aligned at their end. */
  readonly isNumber?: boolean;
}

const gap = '  ';

const text = (value: string | number | null | undefined): string => onOneLine(String(value ?? ''));

/** Returns the lines of a table for people: a line of titles, then the rows, in columns. */
export function alignedTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => text(cell(row))))];
  const widths = columns.map((_, at) => Math.max(...lines.map((cells) => columnsOf(cells[at] ?? ''))));
  const padded = (cell: string, at: number): string => {
    const space = ' '.repeat((widths[at] ?? 0) - columnsOf(cell));
    return columns[at]?.isNumber ? space + cell : cell + space;
  };
  return lines.map((cells) => cells.map(padded).join(gap).trimEnd());
}

/** Returns the rows for programs: cells between tabs, without titles. */
export function tabbedTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  return rows.map((row) => columns.map(({ cell, exact = cell }) => text(exact(row))).join('\t'));
}
