/** A unit of a quantity and its size. Units are in the order in which a quantity is tried to be written. */
export type Units = readonly (readonly [name: string, size: number])[];

export const byteUnits: Units = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['kB', 1000],
  ['KiB', 1024],
  ['B', 1],
];

export const secondUnits: Units = [
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A plain number without a unit. */
export const plainUnits: Units = [['', 1]];

/**
 * Writes a whole quantity in the first unit that gives a number of at least 1 with at most two decimals, so that
 * {@link parseQuantity} reads exactly the same quantity again. For example 107374182400 becomes `100 GiB`.
 */
export function formatQuantity(quantity: number, units: Units): string {
  const unit = units.find(([, size]) => quantity >= size && isExact(quantity, size));
  const [name, size] = unit ?? ['', 1];
  return `${quantity / size} ${name}`.trim();
}

/** Returns whether two decimals are enough. Of very large numbers a double has fewer, so that the way back is checked. */
function isExact(quantity: number, size: number): boolean {
  const value = quantity / size;
  return Number(value.toFixed(2)) === value && Math.round(value * 100) * size === quantity * 100;
}

/**
 * Reads a quantity that a person has written: `100 GB`, `1.5h`, `1,000` or a number of the smallest unit.
 *
 * @returns the whole quantity in the smallest unit, null for an empty text, and undefined if it is neither
 */
export function parseQuantity(written: string, units: Units): number | null | undefined {
  if (written.trim() === '') return null;
  const [, number = '', name = ''] = /^([\d.,\s]+?)\s*([a-z]*)$/i.exec(written.trim()) ?? [];
  const unit = units.find(([each]) => each.toLowerCase() === name.toLowerCase());
  const plain = number.replace(/[\s,](?=\d{3}(\D|$))/g, '');
  const size = name === '' ? 1 : unit?.[1];
  if (size === undefined || !/^\d+(\.\d+)?$/.test(plain)) return undefined;
  const quantity = Math.round(Number(plain) * size);
  return Number.isSafeInteger(quantity) ? quantity : undefined;
}
