/** Writes the details of an entry of the audit log in one line, for example `key: abc · scopes: read write`. */
export function detailsOf(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${written(value)}`)
    .join(' · ');
}

function written(value: unknown): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
