import type { ReactNode } from 'react';
import './table.css';

export interface Column {
  /** Shown above the column. Columns of buttons have a name too, which only screen readers say. */
  readonly name: string;
  readonly isNumeric?: boolean;
  readonly isHidden?: boolean;
}

interface TableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  /** Rows: {@link Row}. */
  readonly children: ReactNode;
}

/** A table. On narrow screens each row becomes a card; the roles keep it a table for screen readers there. */
export function Table({ label, columns, children }: TableProps) {
  return (
    <table className="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, isNumeric = false, isHidden = false }) => (
            <th key={name} role="columnheader" scope="col" className={isNumeric ? 'numeric' : undefined}>
              <span className={isHidden ? 'visually-hidden' : undefined}>{name}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

/** A row of a {@link Table}. With a link of the class `table-link` in it, the whole row can be pressed. */
export function Row({ children, isDim = false }: { children: ReactNode; isDim?: boolean }) {
  return (
    <tr role="row" className={isDim ? 'table-dim' : undefined}>
      {children}
    </tr>
  );
}

interface CellProps {
  /** The column's name. On narrow screens it stands before what is in the cell. */
  readonly label?: string;
  readonly isNumeric?: boolean;
  readonly children: ReactNode;
}

export function Cell({ label, isNumeric = false, children }: CellProps) {
  return (
    <td role="cell" data-label={label} className={isNumeric ? 'numeric' : undefined}>
      {children}
    </td>
  );
}
