/** The server rejects writes. Has the code of Postgres' own error (read_only_sql_transaction). */
class ReadOnlyServer extends Error {
  readonly code = '25006';

  constructor() {
    super('Postgres is read-only: a standby, or a server whose operator or provider allows no writes');
  }
}

/** @throws ReadOnlyServer if a write would be rejected */
export async function requireWritable(
  query: (sql: string) => Promise<readonly { readonly isReadOnly: boolean }[]>,
): Promise<void> {
  const [row] = await query(
    `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "isReadOnly"`,
  );
  if (row?.isReadOnly !== false) throw new ReadOnlyServer();
}
