import type { Database } from './database.js';

/**
 * Returns a value that a deployment generates once and keeps. The first process writes it, all others read it.
 *
 * @param make generates the value, if this process may be the first
 */
export async function settingOnce(database: Database, name: string, make: () => string): Promise<string> {
  const read = async (): Promise<string | undefined> => {
    const rows = await database.query<{ value: string }>('SELECT value FROM settings WHERE name = $1', [name]);
    return rows[0]?.value;
  };
  const present = await read();
  if (present !== undefined) return present;
  await database.query('INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, make()]);
  const kept = await read();
  if (kept === undefined) throw new Error(`setting ${name} vanished`);
  return kept;
}
