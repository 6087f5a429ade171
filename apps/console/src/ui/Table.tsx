import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Icon } from './Icon.js';
import './table.css';

/** How rows are ordered by a column. */
export type Direction = 'ascending' | 'descending' | 'none';

export interface Column {
  /** Shown above the column. Columns of buttons have a name too, which only screen readers say. */
  readonly name: string;
  readonly isNumeric?: boolean;
  readonly isHidden?: boolean;
  /** The order of a column by which rows can be sorted. */
  readonly direction?: Direction;
  readonly onSort?: () => void;
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
          {columns.map((column) => (
            <th
              key={column.name}
              role="columnheader"
              scope="col"
              className={column.isNumeric ? 'numeric' : undefined}
              aria-sort={column.onSort && column.direction}
            >
              <Head {...column} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

function Head({ name, isHidden = false, direction = 'none', onSort }: Column) {
  if (!onSort) return <span className={isHidden ? 'visually-hidden' : undefined}>{name}</span>;
  return (
    <AriaButton className={`table-sort table-sort-${direction}`} onPress={onSort}>
      {name}
      <Icon name="chevronDown" size={14} />
    </AriaButton>
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
