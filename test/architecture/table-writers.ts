import { readFileSync } from 'node:fs';
import { productFiles, roomOf, type SourceFile } from './source-tree.js';

/** A file that changes rows of a table. */
export interface TableWrite {
  readonly table: string;
  readonly file: string;
}

const entityFolder = 'libs/database/src/entities/';

/** Entity class → table, from `@Entity('jobs') export class JobEntity`. */
function readEntities(): ReadonlyMap<string, string> {
  const files = productFiles
    .filter(({ file }) => file.startsWith(entityFolder))
    .map(({ file }) => readFileSync(file, 'utf8'));
  const pairs = files.flatMap((text) => [...text.matchAll(/@Entity\('(\w+)'[^]*?\bclass (\w+)/g)]);
  return new Map(pairs.map(([, table = '', entity = '']) => [entity, table]));
}

export const tableOfEntity = readEntities();
const tables = new Set(tableOfEntity.values());

/** Statements that change rows; `FOR UPDATE` and `DO UPDATE SET` name no table. */
const sqlWrite =
  /\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO)\s+"?(\w+)"?/gi;

/** TypeORM's calls that change rows, with the entity first: `tx.insert(JobEntity, …)`, `.insert().into(JobEntity)`. */
const ormWrite =
  /\.(?:insert|update|delete|save|upsert|remove|softDelete|restore|increment|decrement|clear|into)\(\s*(\w+Entity)\b|\.delete\(\)\s*\.from\(\s*(\w+Entity)\b|\bgetRepository\(\s*(\w+Entity)\b|@InjectRepository\(\s*(\w+Entity)\b/g;

/** The tables that a file writes. A statement with a computed table name cannot be judged and counts as `?`. */
export function tablesWrittenBy({ literals, text }: Pick<SourceFile, 'literals' | 'text'>): readonly string[] {
  const bySql = literals.flatMap((literal) =>
    [...literal.matchAll(sqlWrite)].map(([, table = '']) => table.toLowerCase()),
  );
  const computed = literals
    .filter((literal) => /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\$\{/.test(literal))
    .map(() => '?');
  const byOrm = [...text.matchAll(ormWrite)].map(
    ([, ...entities]) => tableOfEntity.get(entities.find(Boolean) ?? '') ?? '?',
  );
  return [...new Set([...bySql.filter((table) => tables.has(table)), ...computed, ...byOrm])];
}

/** Every write of the product. Migrations change the schema, and rows only to fit it: they do not count. */
export function everyTableWrite(): readonly TableWrite[] {
  return productFiles
    .filter(({ file }) => roomOf(file) !== null && !file.includes('/migrations/'))
    .flatMap((source) => tablesWrittenBy(source).map((table) => ({ table, file: source.file })));
}
