const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/**
 * Formats a number of bytes for people: `2 GiB`, `100 MiB`, `1.43 MiB`, `200 bytes`.
 *
 * Rounds down to two decimals, so that the text of a limit never exceeds the limit.
 */
export function sizeText(bytes: number): string {
  const power = units.findLastIndex((_, at) => bytes >= 1024 ** (at + 1));
  const unit = units[power];
  if (unit === undefined) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return `${Math.floor((bytes / 1024 ** (power + 1)) * 100) / 100} ${unit}`;
}
