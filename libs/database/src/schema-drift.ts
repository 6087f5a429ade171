import type { DataSource, QueryRunner } from 'typeorm';
import { createDataSource } from './data-source.js';

/**
 * Returns the statements that would change a migrated database to match the entities: none if the migrations are complete.
 */
export async function schemaDrift(databaseUrl: string): Promise<readonly string[]> {
  const dataSource = createDataSource({ databaseUrl, poolSize: 2, applicationName: 'timbre-schema-drift' });
  await dataSource.initialize();
  try {
    const log = await dataSource.driver.createSchemaBuilder().log();
    return [...log.upQueries.map((query) => query.query), ...(await changedChecks(dataSource))];
  } finally {
    await dataSource.destroy();
  }
}

/** TypeORM compares CHECK constraints by name only. Those that are missing are in its own list. */
async function changedChecks(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  const drift: string[] = [];
  const checks = dataSource.entityMetadatas.flatMap(({ tableName, checks }) =>
    checks.map(({ name, expression }) => ({ tableName, name, expression })),
  );
  for (const { tableName, name, expression } of checks) {
    const [migrated, wanted] = await definitions(runner, tableName, name, expression);
    if (migrated === undefined || migrated === wanted) continue;
    drift.push(`ALTER TABLE "${tableName}" DROP CONSTRAINT "${name}"`);
    drift.push(`ALTER TABLE "${tableName}" ADD CONSTRAINT "${name}" CHECK (${expression})`);
  }
  await runner.release();
  return drift;
}

/** Returns a constraint as it is, and as the entity states it. Postgres itself puts both into its normal form. */
async function definitions(
  runner: QueryRunner,
  tableName: string,
  name: string,
  expression: string,
): Promise<readonly (string | undefined)[]> {
  const definitionIn = async (table: string): Promise<string | undefined> => {
    const rows = (await runner.query(
      'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1 AND conrelid = $2::regclass',
      [name, table],
    )) as readonly { readonly definition: string }[];
    return rows[0]?.definition;
  };
  await runner.startTransaction();
  try {
    await runner.query(`CREATE TEMPORARY TABLE wanted (LIKE "${tableName}")`);
    await runner.query(`ALTER TABLE wanted ADD CONSTRAINT "${name}" CHECK (${expression})`);
    return [await definitionIn(`"${tableName}"`), await definitionIn('wanted')];
  } finally {
    await runner.rollbackTransaction();
  }
}
