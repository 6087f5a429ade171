import { readFileSync } from 'node:fs';

/** A row of the table of rooms in docs/architecture.md. */
export interface Room {
  /** `apps/api`, `libs/jobs`. */
  readonly name: string;
  /** Whether every room above may import it without an arrow of its own. */
  readonly isFoundation: boolean;
  /** Libs by their full names, those of the foundation only for a room of the foundation. */
  readonly imports: readonly string[];
  /** Tables of the database. */
  readonly writes: readonly string[];
}

export const architecturePage = readFileSync('docs/architecture.md', 'utf8');

const codeIn = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');

/** The rows of the two tables under "Rooms": those of the foundation come in the second, which has no table to write. */
function readRooms(): Room[] {
  const chapter = architecturePage.split('\n## Rooms\n')[1]?.split('\n## ')[0] ?? '';
  const [above = '', foundation = ''] = chapter.split('\n### The foundation\n');
  const rowsIn = (text: string, isFoundation: boolean): Room[] =>
    text
      .split('\n')
      .filter((line) => /^\| `(apps|libs)\//.test(line))
      .map((line) => {
        const [, name, , imports, writes] = line.split('|');
        return {
          name: codeIn(name)[0] ?? '',
          isFoundation,
          imports: codeIn(imports).map((lib) => `libs/${lib}`),
          writes: codeIn(writes),
        };
      });
  return [...rowsIn(above, false), ...rowsIn(foundation, true)];
}

export const rooms: readonly Room[] = readRooms();
