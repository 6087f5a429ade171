import { InvalidArgumentError } from 'commander';

/** Reads a whole number. Timbre says which ones it accepts. */
export function wholeNumber(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Not a whole number.');
}

/** Reads a number of seconds. */
export function decimalNumber(text: string): number {
  if (/^-?\d{1,15}(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Not a number.');
}

/** Collects the values of an option that may be given several times. */
export const collected = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

/** Collects labels, `key:value`, as filters of the list have them. */
export function labelled(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const [, key, value] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('A label is written key:value.');
  return { ...before, [key]: value };
}

/** Returns the fields that were given. The API tells a missing field from an empty one. */
export function givenFields<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
