import { byteUnits, formatQuantity, secondUnits, type Units } from '../quantity.js';

const unitsOf: Readonly<Record<string, Units>> = {
  max_bytes: byteUnits,
  max_gpu_seconds_per_month: secondUnits,
};

/** Writes the details of an entry of the audit log in one line, for example `key: abc · scopes: read write`. */
export function detailsOf(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${written(name, value)}`)
    .join(' · ');
}

function written(name: string, value: unknown): string {
  const units = unitsOf[name];
  if (units && typeof value === 'number') return formatQuantity(value, units);
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
