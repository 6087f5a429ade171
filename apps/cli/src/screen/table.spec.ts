import { describe, expect, it } from '@jest/globals';
import { alignedTable, tabbedTable, type Column } from './table.js';

interface Row {
  readonly name: string;
  readonly seconds: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'LENGTH', cell: ({ seconds }) => `${seconds} s`, exact: ({ seconds }) => seconds, isNumber: true },
];
const rows: readonly Row[] = [
  { name: '日本', seconds: 5 },
  { name: 'Zoë\tb', seconds: 120 },
];

describe('alignedTable', () => {
  it('aligns columns, wide characters included, and numbers at their end', () => {
    expect(alignedTable(columns, rows)).toEqual(['NAME   LENGTH', '日本      5 s', 'Zoë b   120 s']);
  });

  it('has only titles without rows', () => {
    expect(alignedTable(columns, [])).toEqual(['NAME  LENGTH']);
  });
});

describe('tabbedTable', () => {
  it('has exact values, and no tab inside a cell', () => {
    expect(tabbedTable(columns, rows)).toEqual(['日本\t5', 'Zoë b\t120']);
  });
});
